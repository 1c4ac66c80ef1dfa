//! The desks, asked over HTTP as callers ask them: the seed case and a little more, seen by the
//! public and by the steward.

#[path = "desks/alone.rs"]
mod alone;
#[path = "desks/around.rs"]
mod around;
#[path = "desks/asserted.rs"]
mod asserted;
#[path = "desks/by_hand.rs"]
mod by_hand;
#[path = "desks/calendar.rs"]
mod calendar;
#[path = "desks/case.rs"]
mod case;
#[path = "desks/consoles.rs"]
mod consoles;
#[path = "desks/dates.rs"]
mod dates;
#[path = "desks/deliveries.rs"]
mod deliveries;
#[path = "desks/disputes.rs"]
mod disputes;
#[path = "desks/dossier.rs"]
mod dossier;
#[path = "desks/drawings.rs"]
mod drawings;
#[path = "desks/events.rs"]
mod events;
#[path = "desks/forms.rs"]
mod forms;
#[path = "desks/graphql.rs"]
mod graphql;
#[path = "desks/incoming.rs"]
mod incoming;
#[path = "desks/known.rs"]
mod known;
#[path = "desks/lens.rs"]
mod lens;
#[path = "desks/linked.rs"]
mod linked;
#[path = "desks/lists.rs"]
mod lists;
#[path = "desks/markings.rs"]
mod markings;
#[path = "desks/mcp.rs"]
mod mcp;
#[path = "desks/mutations.rs"]
mod mutations;
#[path = "desks/objects.rs"]
mod objects;
#[path = "desks/pages.rs"]
mod pages;
#[path = "desks/paper.rs"]
mod paper;
#[path = "desks/pending.rs"]
mod pending;
#[path = "desks/pictures.rs"]
mod pictures;
#[path = "desks/proposals.rs"]
mod proposals;
#[path = "desks/rest.rs"]
mod rest;
#[path = "desks/screens.rs"]
mod screens;
#[path = "desks/selections.rs"]
mod selections;
#[path = "desks/sources.rs"]
mod sources;
#[path = "desks/sparql.rs"]
mod sparql;
#[path = "desks/tables.rs"]
mod tables;
#[path = "desks/taxii.rs"]
mod taxii;
#[path = "desks/writing.rs"]
mod writing;
