//! The choice of instruction set, at run time. This file and `numeric::fused` are the only ones with `unsafe` in them.

use super::batch::Batch;
use super::layout::Layout;
use super::{Block, Engine, Plan};
use crate::machine::leave_if_stopped;

/// A set of instructions that the engine has been compiled for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Instructions {
    /// What every processor of the architecture has. Without fused multiply-add in hardware each
    /// `mul_add` is a library call: the same bits, many times slower.
    Portable,
    /// 256-bit vectors with fused multiply-add.
    Avx2,
    /// 512-bit vectors.
    Avx512,
}

impl Instructions {
    /// The preferred one of those that this processor can run.
    #[must_use]
    pub fn best() -> Self {
        Self::available().first().copied().unwrap_or(Self::Portable)
    }

    /// The sets that this processor can run, the preferred one first.
    #[must_use]
    pub fn available() -> Vec<Self> {
        let mut available = Vec::new();
        #[cfg(target_arch = "x86_64")]
        {
            let avx2 = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
            if avx2
                && is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512dq")
                && is_x86_feature_detected!("avx512vl")
            {
                available.push(Self::Avx512);
            }
            if avx2 {
                available.push(Self::Avx2);
            }
        }
        available.push(Self::Portable);
        available
    }
}

/// Integrates the subjects of `block`, `W` side by side, with the given instructions.
///
/// Instructions that the processor does not have are replaced by portable ones.
pub fn integrate<const W: usize, L: Layout>(
    system: &impl Engine<L>,
    plan: &Plan,
    block: &mut Block<'_>,
    instructions: Instructions,
) {
    leave_if_stopped();
    let mut batch = Box::new(Batch::<W, L>::new(plan.options, system.sizes()));
    let chosen = if Instructions::available().contains(&instructions) {
        instructions
    } else {
        Instructions::Portable
    };
    match chosen {
        #[cfg(target_arch = "x86_64")]
        #[expect(unsafe_code, reason = "sound: the processor has just been found to have them")]
        Instructions::Avx512 => unsafe { with_avx512(&mut batch, system, plan, block) },
        #[cfg(target_arch = "x86_64")]
        #[expect(unsafe_code, reason = "sound: the processor has just been found to have them")]
        Instructions::Avx2 => unsafe { with_avx2(&mut batch, system, plan, block) },
        _ => batch.run(system, plan, block),
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn with_avx2<const W: usize, L: Layout>(
    batch: &mut Batch<W, L>,
    system: &impl Engine<L>,
    plan: &Plan,
    block: &mut Block<'_>,
) {
    batch.run(system, plan, block);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma,avx512f,avx512dq,avx512vl")]
fn with_avx512<const W: usize, L: Layout>(
    batch: &mut Batch<W, L>,
    system: &impl Engine<L>,
    plan: &Plan,
    block: &mut Block<'_>,
) {
    batch.run(system, plan, block);
}
