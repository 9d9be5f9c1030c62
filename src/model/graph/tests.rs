//! The tape computes what the equations compute.

use super::Forcing;
use super::{Graph, Purpose, Tape};
use crate::model::{MODEL_NAMES, ParameterSet, Population, Variant, parameter_set};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Rounding: sums are put together in another order and products fused.
const ROUNDING: f64 = 1e-12;

fn sets() -> Vec<ParameterSet> {
    let mut sets: Vec<_> =
        MODEL_NAMES.iter().map(|name| parameter_set(name, None).unwrap()).collect();
    for variant in Variant::ALL {
        for stages in [1.0, 3.0, 9.0, 12.0] {
            let mut set = parameter_set("mechanistic", Population::CLD).unwrap();
            set.choose_variant(variant);
            for (symbol, value) in [("n_platelet_stages", stages), ("gv", 0.2), ("d", 0.03)] {
                set.set(symbol, value).unwrap();
            }
            sets.push(set);
        }
    }
    sets.push(parameter_set("shimizu_2021", Population::HEALTHY).unwrap());
    sets
}

/// The rates of the integrated states at `state`, and those of the equations.
fn rates(set: &ParameterSet, is_forced: bool, state: &[f64]) -> Option<(Vec<f64>, Vec<f64>)> {
    let equations = set.model.individual(&set.theta()).ok()?;
    if is_forced && equations.linear_pk().is_none() {
        return None;
    }
    let graph = Graph::new(set).ok()?;
    // Every state may be changed from outside, so that none is left out because it never moves.
    let touched = (0..state.len()).collect();
    let tape = Tape::new(
        &graph,
        &Purpose { touched, forcing: is_forced.then_some(Forcing::Conc), ..Purpose::default() },
    );
    let parameters: Vec<f64> =
        graph.symbols.iter().map(|symbol| set.value(symbol).unwrap()).collect();
    let mut constants = vec![0.0; tape.constants()];
    tape.fill(&parameters, &mut Vec::new(), &mut constants);
    let mut registers = vec![[0.0]; tape.registers()];
    let inputs = constants.into_iter().chain(tape.states().iter().map(|own| state[*own]));
    let inputs = inputs.chain([equations.conc(state)]);
    for (register, input) in registers.iter_mut().zip(inputs) {
        *register = [input];
    }
    tape.run(&mut registers);
    let mut all = vec![0.0; state.len()];
    equations.rates(state, &mut all);
    let found = tape.rates().iter().map(|register| registers[*register][0]).collect();
    Some((found, tape.states().iter().map(|own| all[*own]).collect()))
}

#[test]
fn prop_the_tape_computes_the_rates_of_the_equations() {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    for set in sets() {
        let baseline = set.model.individual(&set.theta()).unwrap().baseline();
        let largest = baseline.iter().map(|number| number.abs()).fold(1.0, f64::max);
        for is_forced in [false, true] {
            for _ in 0..20 {
                let state: Vec<f64> = baseline
                    .iter()
                    .map(|number| number.max(largest.min(1.0)) * rng.random_range(0.2..3.0))
                    .collect();
                let Some((found, expected)) = rates(&set, is_forced, &state) else { continue };
                let size = expected.iter().map(|rate| rate.abs()).fold(1.0, f64::max);
                for (found, expected) in found.iter().zip(&expected) {
                    let error = (found - expected).abs();
                    assert!(error <= ROUNDING * size, "{}: {found} {expected}", set.title());
                }
            }
        }
    }
}
