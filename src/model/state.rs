//! States with named fields that can still be walked through one number after the other.

use crate::numeric::Real;

/// The name and the unit of one number of a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateName {
    /// Field name, with a number behind it for a stage of a chain.
    pub name: String,
    /// Unit; `1` for numbers relative to a steady state.
    pub unit: &'static str,
}

/// A state, or a part of one: a number, a chain of numbers, or a struct of such.
pub trait StateBlock<T>: Copy {
    /// Names the numbers, in the order in which [`Self::read`] and [`Self::write`] walk.
    fn describe(name: &str, unit: &'static str, names: &mut Vec<StateName>);
    /// Builds the block from successive numbers.
    fn read(next: &mut impl FnMut() -> T) -> Self;
    /// Hands out the numbers one after the other.
    fn write(&self, put: &mut impl FnMut(T));

    /// Every number times `factor`.
    #[must_use]
    fn scaled(&self, factor: f64) -> Self;

    /// All numbers, where no time is to be saved.
    fn numbers(&self) -> Vec<T> {
        let mut numbers = Vec::new();
        self.write(&mut |number| numbers.push(number));
        numbers
    }

    /// The block made of `numbers`, zeros where there are too few.
    fn from_numbers(numbers: &[T]) -> Self
    where
        T: Real,
    {
        let mut numbers = numbers.iter().copied();
        Self::read(&mut || numbers.next().unwrap_or(T::ZERO))
    }
}

impl<T: Real> StateBlock<T> for T {
    fn describe(name: &str, unit: &'static str, names: &mut Vec<StateName>) {
        names.push(StateName { name: name.to_owned(), unit });
    }
    fn read(next: &mut impl FnMut() -> T) -> Self {
        next()
    }
    fn write(&self, put: &mut impl FnMut(T)) {
        put(*self);
    }
    fn scaled(&self, factor: f64) -> Self {
        *self * factor
    }
}

impl<T: Real, const N: usize> StateBlock<T> for [T; N] {
    fn describe(name: &str, unit: &'static str, names: &mut Vec<StateName>) {
        names.extend((1..=N).map(|stage| StateName { name: format!("{name}{stage}"), unit }));
    }
    fn read(next: &mut impl FnMut() -> T) -> Self {
        std::array::from_fn(|_| next())
    }
    fn write(&self, put: &mut impl FnMut(T)) {
        self.iter().copied().for_each(put);
    }
    fn scaled(&self, factor: f64) -> Self {
        self.map(|number| number * factor)
    }
}

/// Declares a state once: the struct, its documentation and its walk.
macro_rules! state {
    (
        $(#[$about:meta])*
        pub struct $State:ident<T $(, const $N:ident: usize)?> {
            $($field:ident: $type:ty [$unit:literal]: $meaning:literal,)+
        }
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq)]
        pub struct $State<T $(, const $N: usize)?> {
            $(#[doc = concat!($meaning, ", ", $unit)] pub $field: $type,)+
        }

        impl<T: $crate::numeric::Real $(, const $N: usize)?> $crate::model::StateBlock<T>
            for $State<T $(, $N)?>
        {
            fn describe(_: &str, _: &'static str, names: &mut Vec<$crate::model::StateName>) {
                $(<$type as $crate::model::StateBlock<T>>::describe(stringify!($field), $unit, names);)+
            }
            fn read(next: &mut impl FnMut() -> T) -> Self {
                Self { $($field: $crate::model::StateBlock::<T>::read(next),)+ }
            }
            fn write(&self, put: &mut impl FnMut(T)) {
                $($crate::model::StateBlock::<T>::write(&self.$field, put);)+
            }
            fn scaled(&self, factor: f64) -> Self {
                Self { $($field: $crate::model::StateBlock::<T>::scaled(&self.$field, factor),)+ }
            }
        }
    };
}
pub(crate) use state;
