//! The parts every staff page is made of. Which part for what:
//!
//! | for | part |
//! | --- | --- |
//! | the bar on top of each page: heading, sub-heading, find, actions | [`Top`] |
//! | views of one list | [`Tabs`] of [`Tab`] |
//! | a list | [`DataTable`], [`Th`] (sorts), [`RowCheck`]/[`AllCheck`], [`Pager`], [`EmptyState`] |
//! | acting on many rows | [`BulkBar`] |
//! | the panel beside a list | [`Cols`] with [`Peek`] |
//! | the answers on top of a case or customer | [`Glance`] of [`Fact`] |
//! | two columns, work left, acts right | [`Desk`] |
//! | a box | [`Card`] (`kind="next"` for "your turn", `"warn"`, `"bad"`) |
//! | a state | [`Pill`]: dot and word; class of [`state_class`] |
//! | certainty or another small fact | [`Tag`] (`kind="sure"`, `"unsure"`, `"bad"`, or none) |
//! | how often before | [`Strikes`] |
//! | a trend in a row | [`Spark`]; in a figure [`DayChart`], [`BarTable`]; who held what when [`Strip`] |
//! | one figure with its definition | [`Figures`] of [`Figure`] |
//! | names and values | [`KeyValues`] of [`Pair`] |
//! | what happened | [`Timeline`] of [`Moment`], words of people in [`Quote`] |
//! | text from outside | [`Raw`] (block), [`defang`] (string) |
//! | a form that writes | [`PostForm`] with [`Field`], [`Select`], [`LongField`], [`Choice`], [`Tick`], [`Btn`], [`LinkBtn`] |
//! | an act with a reason, in place | [`Act`]: opens without script |
//! | a point in time, a span, a number | [`When`], [`time`], [`number`] |
//! | addresses with the current filters | [`Query`] |
//!
//! Keys: give a link, button or [`Act`] `key="o"`; the shortcuts island does the rest. Text given to
//! any part is escaped; nothing here takes ready HTML.

pub mod bulk;
pub mod button;
pub mod card;
pub mod chart;
pub mod defang;
pub mod empty;
pub mod field;
pub mod figure;
pub mod flash;
pub mod glance;
pub mod icon;
pub mod key_values;
pub mod layout;
pub mod number;
pub mod pager;
pub mod peek;
pub mod pill;
pub mod post_form;
pub mod query;
pub mod rail;
pub mod raw;
pub mod strip;
pub mod table;
pub mod tabs;
pub mod textarea;
pub mod time;
pub mod timeline;
pub mod top;

pub use bulk::{AllCheck, BulkBar, RowCheck};
pub use button::{Btn, Key, LinkBtn};
pub use card::Card;
pub use chart::{BarRow, BarTable, Day, DayChart, Spark};
pub use defang::defang;
pub use empty::EmptyState;
pub use field::{Choice, Field, LongField, Select, Tick};
pub use figure::{Figure, Figures};
pub use flash::{Flash, FlashBar, Undo};
pub use glance::{Fact, Glance};
pub use icon::Icon;
pub use key_values::{KeyValues, Pair};
pub use layout::{Cols, Desk};
pub use pager::Pager;
pub use peek::Peek;
pub use pill::{Pill, Strikes, Tag, state_class};
pub use post_form::{Act, PostForm};
pub use query::Query;
pub use rail::{Count, Nav, Place, Rail, User};
pub use raw::Raw;
pub use strip::{Strip, StripBar};
pub use table::{DataTable, Th};
pub use tabs::{Tab, Tabs};
pub use textarea::TextArea;
pub use time::When;
pub use timeline::{Moment, Quote, Timeline};
pub use top::Top;
