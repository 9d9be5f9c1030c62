//! Names that NM-TRAN reads: in capitals, at most 20 characters, each once, and none of its own.

use super::equations::Equations;
use std::collections::BTreeMap;

/// Longest name of NM-TRAN.
const LONGEST: usize = 20;
/// The suffix of variables in $DES, because $ERROR must not define them again.
pub(super) const IN_DES: &str = "_T";
/// The prefix of typical values.
const TYPICAL: &str = "TV";
/// Data items, variables and functions of NM-TRAN, and names that the control stream itself defines.
const RESERVED: &str = "ID TIME DATE DAT1 DAT2 DAT3 AMT RATE SS II ADDL EVID MDV CMT PCMT CALL CONT DV L1 L2 DROP SKIP \
    XVID1 XVID2 XVID3 XVID4 XVID5 A A_0 A_0FLG DADT DA DP P T F Y G H HH E ETA EPS ERR THETA SIGMA OMEGA \
    TSTATE TSCALE XSCALE TNPRI NEWIND NEWL2 ICALL IREP COMACT COMSAV COMRES DOSTIM DOSREC MTIME MNOW MPAST MNEXT MTDIFF \
    MIXNUM MIXEST MIXP LVOUT ISFINL MSEC MFIRST IERPRD NETEXT PRED RES WRES CWRES IPRED IWRES CONC PLT \
    FO SC EXP LOG LOG10 SQRT SIN COS TAN ASIN ACOS ATAN ABS INT MIN MAX MOD GAMLN PHI FLOOR \
    IF THEN ELSE ELSEIF ENDIF DO WHILE ENDDO EXIT END INCLUDE";
/// With a number behind it, each of these is a property of a compartment.
const OF_COMPARTMENTS: [&str; 6] = ["F", "S", "R", "D", "ALAG", "MTIME"];

/// What parameters, covariates and values are called in a control stream.
#[derive(Debug, Clone)]
pub(super) struct NonmemNames {
    names: BTreeMap<String, String>,
    typical: BTreeMap<String, String>,
}

impl NonmemNames {
    pub(super) fn new(equations: &Equations) -> Self {
        let mut found = Self { names: BTreeMap::new(), typical: BTreeMap::new() };
        let parameters = equations.parameters.iter().map(|own| (own.name.as_str(), false));
        let known = equations.variation.iter().flat_map(|own| &own.covariates);
        let known = known.map(|own| (own.name.as_str(), false));
        let values = equations.names.iter();
        let values = values.map(|(place, own)| (own.name.as_str(), equations.changing[*place]));
        for (name, changes) in parameters.chain(known).chain(values) {
            let varies = equations.varies(name);
            let room =
                LONGEST - IN_DES.len() * usize::from(changes) - TYPICAL.len() * usize::from(varies);
            if !found.names.contains_key(name) {
                let free = found.free(&usual(equations, name), room, changes);
                found.names.insert(name.to_owned(), free);
            }
        }
        let varying: Vec<String> =
            found.names.keys().filter(|name| equations.varies(name)).cloned().collect();
        for name in varying {
            let free = found.free(&(TYPICAL.to_owned() + &name.to_uppercase()), LONGEST, false);
            found.typical.insert(name, free);
        }
        found
    }

    /// What `name` is called.
    pub(super) fn name(&self, name: &str) -> String {
        self.names.get(name).cloned().unwrap_or_else(|| name.to_uppercase())
    }

    /// The name of the typical value of a parameter that differs between patients.
    pub(super) fn typical(&self, symbol: &str) -> String {
        self.typical.get(symbol).cloned().unwrap_or_else(|| TYPICAL.to_owned() + &self.name(symbol))
    }

    /// `wanted`, which the stream itself defines, made longer until it is the name of nothing else.
    pub(super) fn own(&self, wanted: &str) -> String {
        self.free(wanted, LONGEST, false)
    }

    /// Renamed symbols, apart from capitals: names before and after.
    pub(super) fn renamed(&self) -> Vec<(&str, &str)> {
        let all = self.names.iter().map(|(before, after)| (before.as_str(), after.as_str()));
        all.filter(|(before, after)| !before.eq_ignore_ascii_case(after)).collect()
    }

    /// `wanted` in at most `room` characters, with underscores behind it until it is free.
    fn free(&self, wanted: &str, room: usize, changes: bool) -> String {
        let start: String = wanted.chars().take(room).collect();
        let mut name = start.clone();
        let mut count = 1;
        while !self.is_free(&name, changes) {
            let suffix = "_".repeat(count);
            let kept: String = start.chars().take(room.saturating_sub(count)).collect();
            name = kept + &suffix;
            count += 1;
        }
        name
    }

    fn is_free(&self, name: &str, changes: bool) -> bool {
        let in_des = |name: &str| name.to_owned() + IN_DES;
        let mut taken = self.names.values().chain(self.typical.values());
        let is_taken =
            taken.any(|other| other == name || *other == in_des(name) || in_des(other) == name);
        // A value that changes is never defined under its bare name.
        !is_taken && (changes || !is_reserved(name))
    }
}

/// The names of the compartments: letters and digits, each once.
pub(super) fn compartments(equations: &Equations) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (i, state) in equations.states.iter().enumerate() {
        let name = state.name.to_uppercase().replace('_', "");
        let name: String = name.chars().take(LONGEST).collect();
        // Two names may differ in capitals or underscores only, or behind the longest name.
        names.push(if names.contains(&name) { format!("COMP{}", i + 1) } else { name });
    }
    names
}

/// The name that is taken if it is free: F1 is what NONMEM multiplies doses by, and not a name for a parameter.
fn usual(equations: &Equations, name: &str) -> String {
    match name {
        "f1" if equations.varies(name) => "F1I".to_owned(),
        "f1" => "TVF1".to_owned(),
        _ => name.to_uppercase(),
    }
}

fn is_reserved(name: &str) -> bool {
    let numbered = |of: &str| {
        let number = name.strip_prefix(of).unwrap_or_default();
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    };
    RESERVED.split_whitespace().any(|word| word == name)
        || OF_COMPARTMENTS.into_iter().any(numbered)
}

#[cfg(test)]
mod tests {
    use super::is_reserved;

    #[test]
    fn analytic_what_nonmem_calls_its_own_is_reserved() {
        for name in ["F", "F2", "S0", "D12", "ALAG1", "TIME", "ETA", "LOG", "PLT"] {
            assert!(is_reserved(name), "{name}");
        }
        for name in ["CL", "V2", "KA", "FU", "S", "D", "SLOPE", "F1I", "TVF1", "EMAX"] {
            assert!(!is_reserved(name), "{name}");
        }
    }
}
