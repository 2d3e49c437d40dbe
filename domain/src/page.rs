//! A page of a list: which rows, and how many there are.
use crate::limit::PAGE_ROWS;

/// Which page of a list is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageOf {
    /// 1-based.
    pub number: i64,
}

impl Default for PageOf {
    fn default() -> Self {
        Self { number: 1 }
    }
}

impl PageOf {
    /// Page `number`, at least 1.
    pub fn new(number: i64) -> Self {
        Self { number: number.clamp(1, 1_000_000) }
    }

    /// Rows to pass over.
    pub const fn offset(self) -> i64 {
        (self.number - 1) * PAGE_ROWS
    }
}

/// Rows of one page. `more` says whether a next page exists (counting all rows of a large table would cost more than
/// it tells).
#[derive(Debug, Clone, Default)]
pub struct Rows<T> {
    /// At most [`PAGE_ROWS`].
    pub rows: Vec<T>,
    /// Whether more rows follow.
    pub more: bool,
}

impl<T> Rows<T> {
    /// From a query that fetched one row more than a page holds.
    pub fn cut(mut rows: Vec<T>) -> Self {
        let size = usize::try_from(PAGE_ROWS).unwrap_or(usize::MAX);
        let more = rows.len() > size;
        rows.truncate(size);
        Self { rows, more }
    }
}
