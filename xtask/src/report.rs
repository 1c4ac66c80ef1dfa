//! What a run did: each step passed, failed or was skipped, and the summary says all three.

use anyhow::Result;
use std::fmt;
use std::time::Instant;

/// Why a step could not be tried here: a lack of this machine, not a fault of the project.
#[derive(Debug)]
pub struct Unavailable(pub String);

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unavailable {}

#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    Passed(String),
    Failed(String),
    Skipped(String),
}

struct Step {
    name: String,
    outcome: Outcome,
    seconds: u64,
}

/// The steps of a run, in their order.
pub struct Report {
    begun: Instant,
    steps: Vec<Step>,
}

impl Report {
    /// Nothing done yet.
    pub fn new() -> Self {
        Self {
            begun: Instant::now(),
            steps: Vec::new(),
        }
    }

    /// Does one step. What it gives back is the figure for the summary; an [`Unavailable`] error
    /// skips it, any other fails it. The steps after it run all the same.
    pub fn step(&mut self, name: &str, work: impl FnOnce() -> Result<String>) {
        println!("\n== {name}");
        let begun = Instant::now();
        let outcome = match work() {
            Ok(figure) => Outcome::Passed(figure),
            Err(error) => match error.downcast_ref::<Unavailable>() {
                Some(_) => Outcome::Skipped(format!("{error:#}")),
                None => Outcome::Failed(format!("{error:#}")),
            },
        };
        if let Outcome::Failed(why) | Outcome::Skipped(why) = &outcome {
            println!("{why}");
        }
        self.steps.push(Step {
            name: name.to_owned(),
            outcome,
            seconds: begun.elapsed().as_secs(),
        });
    }

    /// Notes a step that cannot be tried, and why.
    pub fn skip(&mut self, name: &str, why: &str) {
        self.step(name, || Err(Unavailable(why.to_owned()).into()));
    }

    /// Prints the summary; gives the names of the steps that failed.
    pub fn finish(self) -> Vec<String> {
        println!("\n{}", self.summary());
        self.steps
            .into_iter()
            .filter(|step| matches!(step.outcome, Outcome::Failed(_)))
            .map(|step| step.name)
            .collect()
    }

    fn summary(&self) -> String {
        let wide = self
            .steps
            .iter()
            .map(|step| step.name.chars().count())
            .max()
            .unwrap_or(0);
        let mut text = String::from("Summary\n");
        let (mut passed, mut failed, mut skipped) = (0, 0, 0);
        for step in &self.steps {
            let (word, said, count) = match &step.outcome {
                Outcome::Passed(figure) => ("ok     ", figure, &mut passed),
                Outcome::Failed(why) => ("FAILED ", why, &mut failed),
                Outcome::Skipped(why) => ("skipped", why, &mut skipped),
            };
            *count += 1;
            // A failure's whole text stands above, where it happened.
            let line = said.lines().next().unwrap_or_default();
            text.push_str(&format!(
                "  {word}  {:wide$}  {:>5} s  {line}\n",
                step.name, step.seconds
            ));
        }
        text.push_str(&format!(
            "{passed} steps passed, {failed} failed, {skipped} skipped, in {} s.",
            self.begun.elapsed().as_secs()
        ));
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::{Context, anyhow};

    #[test]
    fn each_step_runs_and_the_summary_tells_the_three_apart() {
        let mut report = Report::new();
        report.step("first", || Err(anyhow!("it broke\nin two lines")));
        report.step("second", || Ok("3 of 3".to_owned()));
        report.step("third", || {
            Err(anyhow::Error::from(Unavailable("no network".to_owned())))
                .context("the clients cannot be installed")
        });
        report.skip("fourth", "the files are not here");
        let summary = report.summary();
        for part in [
            "FAILED   first       0 s  it broke\n",
            "ok       second      0 s  3 of 3\n",
            "skipped  third       0 s  the clients cannot be installed: no network\n",
            "skipped  fourth      0 s  the files are not here\n",
            "1 steps passed, 1 failed, 2 skipped",
        ] {
            assert!(summary.contains(part), "{part:?} is not in:\n{summary}");
        }
        assert_eq!(report.finish(), ["first"]);
    }
}
