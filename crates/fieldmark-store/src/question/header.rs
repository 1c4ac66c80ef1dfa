//! The header of a question's file: lines that begin with `#+`.

use super::{BadQuestion, Kind, Need, Param, Question, bind};
use fieldmark_model::RecordId;
use oxrdf::{Literal, NamedNode};
use spargebra::SparqlParser;

pub(super) fn parse(name: &str, text: String) -> Result<Question, BadQuestion> {
    let fault = |line: usize, message: String| BadQuestion {
        name: name.to_owned(),
        line,
        message,
    };
    let (mut en, mut fr) = (None, None);
    let mut dated = None;
    let mut params = Vec::new();
    let header = text.lines().take_while(|line| line.starts_with("#+"));
    for (number, line) in (1..).zip(header) {
        let Some((key, value)) = line[2..].split_once(':') else {
            return Err(fault(number, "a header line is `#+ key: value`".into()));
        };
        let value = value.trim();
        match key.trim() {
            "summary" => en = Some(value.to_owned()),
            "summary-fr" => fr = Some(value.to_owned()),
            "param" => params.push(param(value).map_err(|message| fault(number, message))?),
            "dated" => dated = Some(value.to_owned()),
            other => return Err(fault(number, format!("no header key is named \"{other}\""))),
        }
    }
    let missing = |what: &str| fault(1, format!("the header has no {what}"));
    let query = SparqlParser::new()
        .parse_query(&text)
        .map_err(|error| fault(1, error.to_string()))?;
    let probe = NamedNode::new_unchecked(RecordId::derived("campaign", "probe").iri());
    if let Some(dated) = &dated
        && bind::fill(&mut query.clone(), dated, &[probe.into()]) == 0
    {
        return Err(missing(&format!("placeholder VALUES ?{dated} {{ UNDEF }}")));
    }
    for param in &params {
        // A parameter that binds nothing would be an answer to another question.
        let probe = match param.kind {
            Kind::Record | Kind::Technique => {
                NamedNode::new_unchecked(RecordId::derived("campaign", "probe").iri()).into()
            }
            _ => Literal::new_simple_literal("probe").into(),
        };
        if bind::fill(&mut query.clone(), &param.name, &[probe]) == 0 {
            return Err(missing(&format!(
                "placeholder VALUES ?{} {{ UNDEF }} for its parameter",
                param.name
            )));
        }
    }
    Ok(Question {
        name: name.to_owned(),
        summary_en: en.ok_or_else(|| missing("summary"))?,
        summary_fr: fr.ok_or_else(|| missing("summary-fr"))?,
        params,
        dated,
        text,
        query,
    })
}

/// `campaign record optional The campaign asked about | La campagne visée`.
fn param(text: &str) -> Result<Param, String> {
    let mut words = text.splitn(4, ' ');
    let (Some(name), Some(kind), Some(need), Some(about)) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return Err("a parameter is `name kind need English | French`".into());
    };
    let kind = [
        Kind::Record,
        Kind::String,
        Kind::Integer,
        Kind::Date,
        Kind::Language,
        Kind::Technique,
    ]
    .into_iter()
    .find(|known| known.name() == kind)
    .ok_or_else(|| format!("no kind of parameter is named \"{kind}\""))?;
    let (en, fr) = about
        .split_once('|')
        .ok_or("what a parameter is for is said in English | French")?;
    Ok(Param {
        name: name.to_owned(),
        kind,
        need: match need {
            "required" => Need::Required,
            "optional" => Need::Optional,
            value => Need::Default(value.to_owned()),
        },
        en: en.trim().to_owned(),
        fr: fr.trim().to_owned(),
    })
}
