//! Reading a table: a header line, then one line for each seat.

mod columns;
mod names;
mod people;

use csv::{ReaderBuilder, StringRecord};

pub(super) use self::columns::described;
use self::columns::{Column, Columns};
use self::people::Line;
use super::RosterError;
use super::about::{self, About};
use super::report::Note;
use super::sheet::{Refusal, Seat, Sheet, date};
use super::text::{self, Use};
use crate::Code;
use crate::records::{Member, Name, Named};

/// How many languages a credential can show.
const MOST_LANGUAGES: usize = 64;

/// Reads a table in UTF-8 (with or without a byte order mark), separated by comma, semicolon or tab.
///
/// # Errors
/// [`RosterError`] when the table as a whole cannot be read; what is wrong with single lines is in
/// the sheet.
pub(super) fn read(file: &[u8]) -> Result<Sheet, RosterError> {
    let table = core::str::from_utf8(file).map_err(|error| {
        let line = Lines::new(file).at(error.valid_up_to());
        RosterError::malformed(format!(
            "line {line} is not UTF-8: save the file as CSV UTF-8"
        ))
    })?;
    let mut reader = ReaderBuilder::new()
        .delimiter(separator(table))
        .flexible(true)
        .from_reader(table.as_bytes());
    let mut sheet = Sheet {
        terms_are_implied: true,
        chambers_are_codes: true,
        ..Sheet::default()
    };
    let header = reader.headers().map_err(RosterError::malformed)?.clone();
    let mut columns = Columns::read(&header, &mut sheet.notes)?;
    let records: Result<Vec<StringRecord>, csv::Error> = reader.records().collect();
    let records = records.map_err(RosterError::malformed)?;
    columns.settle_id(&records, &mut sheet.notes);
    let mut lines = Vec::new();
    let mut numbers = Lines::new(file);
    for record in records {
        let begins = record.position().map_or(0, csv::Position::byte);
        let number = numbers.of_record(usize::try_from(begins).unwrap_or(usize::MAX));
        lines.push(read_line(number, &columns, &record, &mut sheet.notes));
    }
    people::put(lines, &mut sheet);
    Ok(sheet)
}

/// Counts lines as an editor does. The reader's own count leaves out blank lines before a record, and
/// lines that end in a carriage return alone.
struct Lines<'a> {
    file: &'a [u8],
    at: usize,
    line: usize,
}

impl<'a> Lines<'a> {
    const fn new(file: &'a [u8]) -> Self {
        Self {
            file,
            at: 0,
            line: 1,
        }
    }

    /// Returns the line of a byte; bytes are asked for in their order.
    fn at(&mut self, byte: usize) -> usize {
        while self.at < byte
            && let Some(sign) = self.file.get(self.at)
        {
            self.at += 1;
            let ends = match sign {
                b'\n' => true,
                b'\r' => self.file.get(self.at) != Some(&b'\n'),
                _ => false,
            };
            self.line += usize::from(ends);
        }
        self.line
    }

    /// Returns the line on which a record begins: the reader counts the blank lines before it, and the
    /// rest of the last line's end, to the record.
    fn of_record(&mut self, byte: usize) -> usize {
        let rest = self.file.get(byte..).unwrap_or_default();
        let blank = rest.iter().take_while(|sign| matches!(sign, b'\r' | b'\n'));
        self.at(byte.saturating_add(blank.count()))
    }
}

/// Picks the separator that the header line holds most often outside quotes.
fn separator(table: &str) -> u8 {
    let mut quoted = false;
    let mut counts = [(b',', 0_usize), (b';', 0), (b'\t', 0)];
    for byte in table.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            _ if quoted => {}
            _ => {
                for (candidate, count) in &mut counts {
                    *count += usize::from(*candidate == byte);
                }
            }
        }
    }
    // Equal counts: the first of the list.
    let best = counts.iter().rev().max_by_key(|(_, count)| *count);
    best.map_or(b',', |(separator, _)| *separator)
}

fn read_line(
    number: usize,
    columns: &Columns,
    record: &StringRecord,
    notes: &mut Vec<Note>,
) -> Line {
    let id = columns.agree(&[Column::Id], record);
    let id = id.and_then(|()| text::needed("id", columns.cell(Column::Id, record), Use::Id));
    // Cells beyond the header that hold nothing are what a spreadsheet leaves behind.
    let beyond = record.iter().skip(columns.width);
    let too_many = beyond.filter(|cell| !cell.trim().is_empty()).count() > 0;
    let content = if record.len() < columns.width || too_many {
        let message = format!(
            "{} cells where the header has {}",
            record.len(),
            columns.width
        );
        Err(Refusal::new(Code::RosterRowMalformed, message))
    } else {
        id.clone().and_then(|id| {
            let mut cells = Cells {
                columns,
                record,
                about: About::new(Some(&id), notes),
            };
            Ok((cells.member(&id)?, cells.seat(&id)))
        })
    };
    Line {
        number,
        id: id.ok(),
        content,
    }
}

/// The cells of a line, and what is to be noted about them.
struct Cells<'a> {
    columns: &'a Columns,
    record: &'a StringRecord,
    about: About<'a>,
}

impl Cells<'_> {
    fn cell(&self, column: Column) -> &str {
        self.columns.cell(column, self.record)
    }

    /// Reads what the mandate rests on.
    fn exact(&self, column: Column, field: &str, purpose: Use) -> Result<Option<String>, Refusal> {
        text::clean(field, self.cell(column), purpose)
    }

    /// Reads what can be left out.
    fn optional(&mut self, column: Column, field: &str, purpose: Use) -> Option<String> {
        let read = self.exact(column, field, purpose);
        self.about.keep(read)
    }

    fn member(&mut self, id: &str) -> Result<Member, Refusal> {
        let own = self.exact(Column::Name, "name", Use::Shown)?;
        let family = self.optional(Column::Family, "family_name", Use::Shown);
        let given = self.optional(Column::Given, "given_name", Use::Shown);
        let sort = self.optional(Column::Sort, "sort_name", Use::Shown);
        let display = self.about.display_name(own, (&given, &family, &sort))?;
        let birth_date = date("birth_date", Some(self.cell(Column::Birth)));
        Ok(Member {
            name: Name {
                display,
                family,
                given,
                native: self.optional(Column::Native, "native_name", Use::Shown),
                sort,
            },
            email: self.optional(Column::Email, "email", Use::Shown),
            languages: self.languages(),
            image: self.optional(Column::Image, "image", Use::Link),
            birth_date: self.about.keep(birth_date),
            ..Member::new(id, "")
        })
    }

    fn languages(&mut self) -> Vec<String> {
        let mut languages = Vec::new();
        let cell = self.cell(Column::Languages).to_owned();
        for tag in cell.split([' ', ',', ';', '|']) {
            languages.extend(self.about.keep(text::clean("languages", tag, Use::Shown)));
        }
        if languages.len() > MOST_LANGUAGES {
            self.about
                .note(format!("only the first {MOST_LANGUAGES} languages count"));
            languages.truncate(MOST_LANGUAGES);
        }
        languages
    }

    fn seat(&mut self, id: &str) -> Result<Seat, Refusal> {
        // A chamber may stand by its id and by its name; of those the first that is filled counts.
        let deciding = [Column::Start, Column::End, Column::Term];
        self.columns.agree(&deciding, self.record)?;
        let start = date("start_date", Some(self.cell(Column::Start)))?;
        let end = self.cell(Column::End).to_owned();
        let end = self.about.end("end_date", Some(&end))?;
        Ok(Seat {
            member: id.to_owned(),
            chamber: self.exact(Column::Chamber, "chamber", Use::Id)?,
            term: self.exact(Column::Term, "term", Use::Id)?,
            constituency: self.named(
                (Column::ConstituencyId, Column::Constituency),
                "constituency",
            ),
            group: self.named((Column::GroupId, Column::Group), "group"),
            start,
            end,
        })
    }

    fn named(&mut self, (id, name): (Column, Column), field: &str) -> Option<Named> {
        let id = self.optional(id, &format!("{field}_id"), Use::Id);
        let name = self.optional(name, field, Use::Shown);
        about::named(id, name)
    }
}
