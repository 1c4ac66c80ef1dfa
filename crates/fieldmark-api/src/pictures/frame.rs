//! What every picture stands in: size, words for those who do not see it, colours for both kinds of
//! screen.

use maud::{Markup, PreEscaped, html};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

macro_rules! light {
    () => {
        "
svg { font: 13px system-ui, sans-serif; color-scheme: light dark }
.back { fill: #ffffff } .ink { fill: #1b1f24 } .soft { fill: #5b6470 } .rule { stroke: #c4cad1; fill: none } .rule.claim { stroke: #8a5a00; stroke-dasharray: 6 4 }
.gain { fill: #1f6f8b } .loss { fill: #b3541e } .whole { fill: #3c4654 } .hard { fill: #6b3fa0 }
.cell { fill: #e9edf1 } .on-gain { fill: #ffffff }
.argument rect { fill: #ffffff; stroke: #1b1f24 } .argument .ground rect { fill: #e9edf1 } .argument text { fill: #1b1f24 } .argument line { stroke: #1b1f24 }
.argument .leans { stroke-dasharray: 5 4 } .argument .against rect { stroke: #b3541e; stroke-dasharray: 2 2 } .argument line.against { stroke: #b3541e }
.over { stroke: #ffffff; stroke-width: 3px; stroke-linejoin: round; paint-order: stroke }
"
    };
}

macro_rules! dark {
    () => {
        "  .back { fill: #14181d } .ink { fill: #eef1f4 } .soft { fill: #a3adb8 } .rule { stroke: #46505b } .rule.claim { stroke: #e0b35a }
  .gain { fill: #58b4d1 } .loss { fill: #e8935c } .whole { fill: #b8c2cd } .hard { fill: #b794e6 }
  .cell { fill: #262d35 } .on-gain { fill: #14181d } .over { stroke: #14181d }
  .argument rect { fill: #14181d; stroke: #eef1f4 } .argument .ground rect { fill: #262d35 } .argument text { fill: #eef1f4 } .argument line { stroke: #eef1f4 }
  .argument .against rect { stroke: #e8935c } .argument line.against { stroke: #e8935c }
"
    };
}

/// The colours for light screens.
pub(crate) const LIGHT: &str = light!();
/// What is otherwise on dark ones.
pub(crate) const DARK: &str = dark!();
/// Both, for a drawing that stands by itself.
pub(crate) const STYLE: &str = concat!(
    light!(),
    "@media (prefers-color-scheme: dark) {\n",
    dark!(),
    "}"
);

/// A drawing of so many pixels, with a title and a description.
pub(crate) struct Svg {
    width: u32,
    height: u32,
    title: String,
    about: String,
    body: Markup,
}

/// A drawing, before it is known who may see it.
pub fn frame(width: u32, height: u32, title: &str, about: &str, body: Markup) -> Svg {
    Svg {
        width,
        height,
        title: title.to_owned(),
        about: about.to_owned(),
        body,
    }
}

/// What the banner takes below a drawing, in pixels.
const BANNER: u32 = 22;

impl Svg {
    /// The `svg` element for a page of ours, whose style has what the drawing's own would say.
    pub(crate) fn inline(&self) -> Markup {
        self.on_page("img")
    }

    /// The same, of a drawing that has links in it.
    pub(crate) fn inline_linked(&self) -> Markup {
        self.on_page("group")
    }

    fn on_page(&self, role: &str) -> Markup {
        let (width, height) = (self.width, self.height);
        html! {
            svg xmlns="http://www.w3.org/2000/svg" viewBox=(format!("0 0 {width} {height}"))
                width=(width) height=(height) role=(role) aria-label=(format!("{}. {}", self.title, self.about)) {
                rect.back x="0" y="0" width=(width) height=(height) {}
                (self.body)
            }
        }
    }

    /// The `svg` element, with a line beneath that says under which marking it stands, for whom it
    /// was made and when.
    pub(crate) fn under(&self, banner: &str) -> Markup {
        let (width, height) = (self.width, self.height + BANNER);
        html! {
            svg xmlns="http://www.w3.org/2000/svg" viewBox=(format!("0 0 {width} {height}"))
                width=(width) height=(height) role="img" aria-labelledby="title about" {
                title id="title" { (self.title) }
                desc id="about" { (self.about) }
                style { (PreEscaped(STYLE)) }
                rect.back x="0" y="0" width=(width) height=(height) {}
                (self.body)
                text.ink.marking x="8" y=(height - 7) { (banner) }
            }
        }
    }
}

/// A text at a place, cut to so many columns; the whole of it stands in its tooltip.
pub fn label(x: f64, y: f64, class: &str, anchor: &str, most: usize, text: &str) -> Markup {
    let fits = cut(text, most);
    html! {
        text class=(class) x=(px(x)) y=(px(y)) text-anchor=(anchor) {
            @if fits != text {
                title { (text) }
            }
            (fits)
        }
    }
}

/// A text cut to so many columns: a Latin letter takes one, a Chinese character two (Unicode UAX 11).
pub fn cut(text: &str, most: usize) -> String {
    if text.width() <= most {
        return text.to_owned();
    }
    let mut left = most.saturating_sub(1);
    let fits = text.chars().map_while(|c| {
        left = left.checked_sub(c.width().unwrap_or(0))?;
        Some(c)
    });
    fits.chain(['…']).collect()
}

/// Where a picture on a page leads: the address of a record.
pub(crate) type To<'a> = &'a dyn Fn(&str) -> String;

/// A part of a picture about a record, which on a page is the way to it and can be walked to by
/// keyboard; elsewhere, and where it is about none, a group.
pub(crate) fn led(to: Option<To<'_>>, id: Option<&str>, says: &str, part: Markup) -> Markup {
    // What is written in it names it (WCAG 2.2, 2.5.3); a mark by itself has to be given a name.
    let name = (!part.0.contains("<text")).then_some(says);
    match to.zip(id) {
        Some((to, id)) => html! { a href=(to(id)) aria-label=[name] { title { (says) } (part) } },
        None => html! { g { title { (says) } (part) } },
    }
}

/// A length to a tenth of a pixel, so that the same picture is the same bytes.
pub fn px(length: f64) -> String {
    let text = format!("{length:.1}");
    text.strip_suffix(".0").unwrap_or(&text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn a_cut_text_takes_no_more_columns_than_it_may() {
        assert_eq!(cut("Alces Lake", 10), "Alces Lake");
        assert_eq!(cut("Alces Lake!", 10), "Alces Lak…");
        assert_eq!(cut("网络水军", 8), "网络水军");
        assert_eq!(cut("网络水军行动", 8), "网络水…");
        assert_eq!(cut("x", 0), "…");
    }
}
