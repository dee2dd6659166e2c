//! Reading variables: what is missing or wrong is collected, never reported one at a time.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use secrecy::SecretString;

/// Every fault of the configuration, one line each. Values are never part of a message.
#[derive(Debug, Default, PartialEq, Eq, thiserror::Error)]
pub struct ConfigErrors(pub Vec<String>);

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "the configuration has {} fault(s):", self.0.len())?;
        self.0
            .iter()
            .try_for_each(|fault| writeln!(f, "  - {fault}"))
    }
}

/// A source of variables with a list of what was found wrong. An empty variable counts as unset.
pub struct Env {
    values: HashMap<String, String>,
    faults: Vec<String>,
}

impl Env {
    /// The process's own environment.
    pub fn from_process() -> Self {
        Self::from_values(std::env::vars())
    }

    pub fn from_values(values: impl IntoIterator<Item = (String, String)>) -> Self {
        let values = values
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .collect();
        Self {
            values,
            faults: Vec::new(),
        }
    }

    pub fn fault(&mut self, text: impl Into<String>) {
        self.faults.push(text.into());
    }

    /// The variable, or the content of the file that `NAME_FILE` points to: an empty file is as good as none,
    /// never an empty secret.
    pub fn text(&mut self, name: &str) -> Option<String> {
        if let Some(value) = self.values.get(name) {
            return Some(value.clone());
        }
        let path = self.values.get(&format!("{name}_FILE"))?;
        match std::fs::read_to_string(path) {
            Ok(text) => Some(text.trim_end().to_owned()).filter(|text| !text.is_empty()),
            Err(error) => {
                self.faults
                    .push(format!("{name}_FILE cannot be read: {}", error.kind()));
                None
            }
        }
    }

    pub fn text_or(&mut self, name: &str, default: &str) -> String {
        self.text(name).unwrap_or_else(|| default.to_owned())
    }

    /// A variable that must be there; its absence is a fault and an empty text stands in.
    pub fn required(&mut self, name: &str) -> String {
        self.text(name).unwrap_or_else(|| {
            self.faults.push(format!("{name} is not set"));
            String::new()
        })
    }

    pub fn secret(&mut self, name: &str) -> Option<SecretString> {
        self.text(name).map(SecretString::from)
    }

    pub fn required_secret(&mut self, name: &str) -> SecretString {
        SecretString::from(self.required(name))
    }

    /// A typed variable with a default; `accepted` says in words what would be taken.
    pub fn parsed_or<T: FromStr>(&mut self, name: &str, default: T, accepted: &str) -> T {
        let Some(text) = self.text(name) else {
            return default;
        };
        text.parse().unwrap_or_else(|_| {
            self.faults.push(format!("{name} must be {accepted}"));
            default
        })
    }

    pub fn flag(&mut self, name: &str) -> bool {
        self.parsed_or(name, false, "true or false")
    }

    /// A list split at commas; every entry must parse.
    pub fn list_or<T: FromStr>(&mut self, name: &str, default: &str, accepted: &str) -> Vec<T> {
        let text = self.text_or(name, default);
        let entries = text
            .split(',')
            .map(str::trim)
            .filter(|entry| !entry.is_empty());
        let parsed: Result<Vec<T>, _> = entries.map(str::parse).collect();
        parsed.unwrap_or_else(|_| {
            self.faults.push(format!("{name} must be {accepted}"));
            Vec::new()
        })
    }

    pub fn finish<T>(self, config: T) -> Result<T, ConfigErrors> {
        if self.faults.is_empty() {
            Ok(config)
        } else {
            Err(ConfigErrors(self.faults))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_may_lie_in_a_file_and_an_empty_file_is_none() {
        let folder = std::env::temp_dir();
        let path = |name: &str| folder.join(format!("{name}-{}", uuid::Uuid::now_v7()));
        let (full, empty) = (path("full"), path("empty"));
        std::fs::write(&full, "s3cret\n").unwrap();
        std::fs::write(&empty, "\n").unwrap();
        let values = [("A_FILE", &full), ("B_FILE", &empty)];
        let mut env = Env::from_values(
            values.map(|(name, path)| (name.to_owned(), path.display().to_string())),
        );
        assert_eq!(env.text("A").as_deref(), Some("s3cret"));
        assert_eq!(env.text("B"), None);
        env.required("B");
        assert_eq!(env.faults, ["B is not set"]);
        for path in [full, empty] {
            std::fs::remove_file(path).unwrap();
        }
    }
}
