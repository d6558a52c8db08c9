//! Archives whose bytes depend on nothing but names, contents and one time.

use std::io::{Cursor, Write};

use flate2::{Compression, GzBuilder};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::Result;

/// A file in an archive.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its path, with `/`.
    pub path: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

impl Entry {
    /// A file of these bytes.
    pub fn new(path: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self { path: path.into(), bytes: bytes.into() }
    }

    /// The same below a folder.
    pub fn below(&self, folder: &str) -> Self {
        Self { path: format!("{folder}/{}", self.path), bytes: self.bytes.clone() }
    }

    fn mode(&self) -> u32 {
        let program = [".so", ".dylib", ".dll"].iter().any(|it| self.path.ends_with(it));
        if program { 0o755 } else { 0o644 }
    }
}

/// Packs a zip file, sorted by path.
///
/// # Errors
/// A path that is there twice.
pub fn zip(entries: &[Entry], time: u64) -> Result<Vec<u8>> {
    let fail = |error: zip::result::ZipError| format!("the zip file can't be made: {error}");
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(9))
        .last_modified_time(dos_time(time));
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for entry in sorted(entries)? {
        writer.start_file(entry.path.as_str(), options.unix_permissions(entry.mode())).map_err(fail)?;
        writer.write_all(&entry.bytes).map_err(|error| format!("{}: {error}", entry.path))?;
    }
    Ok(writer.finish().map_err(fail)?.into_inner())
}

/// Packs a compressed tar file, sorted by path.
///
/// # Errors
/// A path that is there twice.
pub fn tar_gz(entries: &[Entry], time: u64) -> Result<Vec<u8>> {
    // 255: which system made it is nobody's business; no name and no time in gzip's own header.
    let gzip = GzBuilder::new().operating_system(255).mtime(0).write(Vec::new(), Compression::best());
    let mut builder = tar::Builder::new(gzip);
    for entry in sorted(entries)? {
        let mut header = tar::Header::new_ustar();
        header.set_size(entry.bytes.len() as u64);
        header.set_mode(entry.mode());
        header.set_mtime(time);
        header.set_uid(0);
        header.set_gid(0);
        builder
            .append_data(&mut header, &entry.path, entry.bytes.as_slice())
            .map_err(|error| format!("{}: {error}", entry.path))?;
    }
    let fail = |error: std::io::Error| format!("the tar file can't be made: {error}");
    builder.into_inner().map_err(fail)?.finish().map_err(fail)
}

fn sorted(entries: &[Entry]) -> Result<Vec<&Entry>> {
    let mut sorted: Vec<&Entry> = entries.iter().collect();
    sorted.sort_by(|a, b| a.path.cmp(&b.path));
    match sorted.windows(2).find(|pair| pair[0].path.eq_ignore_ascii_case(&pair[1].path)) {
        Some(pair) => Err(format!("{} is there twice", pair[0].path)),
        None => Ok(sorted),
    }
}

/// Year, month, day, hour, minute, second in UTC.
pub fn civil(time: u64) -> [u64; 6] {
    let (days, seconds) = (time / 86_400, time % 86_400);
    // Days since 0000-03-01, in eras of 400 years.
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    [year, month, day, seconds / 3_600, seconds / 60 % 60, seconds % 60]
}

/// As RFC 3339 has it.
pub fn timestamp(time: u64) -> String {
    let [year, month, day, hour, minute, second] = civil(time);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// Zip files know no time before 1980.
fn dos_time(time: u64) -> DateTime {
    let [year, month, day, hour, minute, second] = civil(time);
    let small = |value: u64| u8::try_from(value).unwrap_or(0);
    let year = u16::try_from(year).unwrap_or(0);
    DateTime::from_date_and_time(year, small(month), small(day), small(hour), small(minute), small(second))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_the_calendar() {
        assert_eq!(timestamp(0), "1970-01-01T00:00:00Z");
        assert_eq!(timestamp(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(timestamp(1_795_477_445), "2026-11-23T23:44:05Z");
    }

    #[test]
    fn order_does_not_matter_and_names_come_once() {
        let (a, b) = (Entry::new("a", "1"), Entry::new("b/c.so", "2"));
        for pack in [zip, tar_gz] {
            let one = pack(&[a.clone(), b.clone()], 1_795_477_445).unwrap();
            assert_eq!(one, pack(&[b.clone(), a.clone()], 1_795_477_445).unwrap());
            assert_ne!(one, pack(&[b.clone(), a.clone()], 1_795_480_000).unwrap());
            assert!(pack(&[a.clone(), Entry::new("A", "")], 0).unwrap_err().contains("twice"));
        }
    }

    #[test]
    fn a_time_before_zip_files_is_no_error() {
        assert!(zip(&[Entry::new("a", "1")], 0).is_ok());
    }
}
