//! One ABI, four places that spell it: the header, the C# binding, the PowerShell module's table and the symbols
//! that the built library exports. All of them agree on names, parameters and numbers.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use aadaccess_test_support::built_library;
use object::Object;

/// What the C# binding does without: it builds each call from a request, cancels one by freeing it, and its strings are
/// UTF-16.
const NOT_IN_CSHARP: [&str; 4] = ["aad_access_header", "aad_call_cancel", "aad_call_run", "aad_request_set_text"];
/// The same for the module, which learns the status from the wait and says everything in its own words.
const NOT_IN_POWERSHELL: [&str; 7] = [
    "aad_access_header",
    "aad_call_cancel",
    "aad_call_run",
    "aad_call_status",
    "aad_request_set_text",
    "aad_status_text",
    "aad_version",
];

/// What is passed in a register, as far as a wrong spelling would break a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Void,
    Int,
    UnsignedInt,
    Long,
    Size,
    Pointer,
}

/// The result's kind, then the parameters'.
type Functions = BTreeMap<String, Vec<Kind>>;
type Numbers = BTreeMap<String, i64>;

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn header() -> String {
    without_comments(&read("include/aadaccess.h"))
}

fn without_comments(source: &str) -> String {
    let mut code = String::new();
    let mut rest = source;
    while let Some(start) = [rest.find("/*"), rest.find("//")].into_iter().flatten().min() {
        code += &rest[..start];
        let (end, skip) = if rest[start..].starts_with("/*") { ("*/", 2) } else { ("\n", 0) };
        let length = rest[start..].find(end).expect("a comment has an end");
        rest = &rest[start + length + skip..];
    }
    code + rest
}

/// `name(parameters)` and what stands before it.
fn declaration(text: &str, parameters: impl Fn(&str) -> Kind) -> (&str, String, Vec<Kind>) {
    let (before, after) = text.split_once('(').expect("an opening parenthesis");
    let before = before.trim_end();
    let start = before.rfind(|it: char| !it.is_ascii_alphanumeric() && it != '_').map_or(0, |at| at + 1);
    let inside = after.split_once(')').expect("a closing parenthesis").0.trim();
    let all = if matches!(inside, "" | "void") { Vec::new() } else { inside.split(',').map(parameters).collect() };
    (before[..start].trim(), before[start..].to_owned(), all)
}

fn functions<'a>(
    declarations: impl IntoIterator<Item = &'a str>,
    result: impl Fn(&str) -> Kind,
    parameter: impl Fn(&str) -> Kind,
) -> Functions {
    let one = |text| {
        let (before, name, mut kinds) = declaration(text, &parameter);
        kinds.insert(0, result(before));
        (name, kinds)
    };
    declarations.into_iter().map(one).collect()
}

fn c_kind(text: &str) -> Kind {
    let text = text.trim();
    if text.contains('*') {
        return Kind::Pointer;
    }
    let words = text.split_whitespace().filter(|it| !matches!(*it, "const" | "struct"));
    match words.into_iter().next() {
        Some("void") => Kind::Void,
        Some("int32_t") => Kind::Int,
        Some("uint32_t") => Kind::UnsignedInt,
        Some("int64_t") => Kind::Long,
        Some("size_t" | "uintptr_t") => Kind::Size,
        _ => panic!("{text}: a type that no binding knows"),
    }
}

fn in_header() -> Functions {
    let header = header();
    let lines: Vec<&str> = header.lines().filter(|line| !line.trim_start().starts_with('#')).collect();
    let code = lines.join("\n").replace("extern \"C\" {", "");
    let declared: Vec<&str> = code.split(';').map(str::trim).filter(|it| it.contains('(')).collect();
    functions(declared, c_kind, c_kind)
}

fn in_csharp() -> Functions {
    let kind = |text: &str| {
        let text = text.trim();
        match text.split_whitespace().next().expect("a type") {
            "void" => Kind::Void,
            "int" => Kind::Int,
            "uint" => Kind::UnsignedInt,
            "long" => Kind::Long,
            "UIntPtr" => Kind::Size,
            "IntPtr" | "out" | "RequestHandle" | "CallHandle" => Kind::Pointer,
            _ => panic!("{text}: not a type for the C# binding"),
        }
    };
    let source = read("examples/csharp/AadAccess.cs");
    let lines = source.lines().filter(|line| line.contains("[DllImport(Library, CallingConvention = Cdecl, "));
    let declared: Vec<&str> = lines.map(|line| line.split_once("static extern ").expect("extern").1).collect();
    assert_eq!(declared.len(), source.matches("[DllImport").count(), "each import is Cdecl and on one line");
    functions(declared, kind, kind)
}

fn in_powershell() -> Functions {
    let kind = |text: &str| match text.trim_matches(['[', ']', ' ']) {
        "void" => Kind::Void,
        "int" => Kind::Int,
        "long" => Kind::Long,
        "$pointer" | "System.IntPtr" | "string" => Kind::Pointer,
        _ => panic!("{text}: not a type for the PowerShell table"),
    };
    // @([result], 'name', @([parameter], ...)), or (, [parameter]) when there is one
    let one = |line: &str| {
        let row = line.trim_end_matches(',').strip_prefix("@(").and_then(|it| it.strip_suffix("))"));
        let (result, rest) = row.and_then(|it| it.split_once(", '")).expect("a line of the table");
        let (name, rest) = rest.split_once("', ").expect("a name, then the parameters");
        let parameters = rest.strip_prefix("@(").or_else(|| rest.strip_prefix("(, ")).expect("an array");
        let parameters = parameters.split(", ").filter(|it| !it.is_empty());
        (name.to_owned(), [result].into_iter().chain(parameters).map(kind).collect::<Vec<_>>())
    };
    let source = read("powershell/AzureADApplicationAccess/private/Native.ps1");
    let (_, after) = source.split_once("$table = @(").expect("the table");
    let mut table = Functions::new();
    for (name, kinds) in after.lines().map(str::trim).skip(1).take_while(|line| *line != ")").map(one) {
        let other = table.insert(name.clone(), kinds.clone());
        assert!(other.is_none_or(|other| other == kinds), "{name}: twice, and not the same");
    }
    table
}

fn names(functions: &Functions) -> BTreeSet<&str> {
    functions.keys().map(String::as_str).collect()
}

#[test]
fn the_library_exports_the_functions_of_the_header_and_nothing_else() {
    let path = built_library().expect("cargo builds the library before the tests");
    let bytes = std::fs::read(&path).expect("the library can be read");
    let file = object::File::parse(&*bytes).expect("a library of this system");
    // Mach-O puts an underscore before every C name.
    let decoration = if file.format() == object::BinaryFormat::MachO { "_" } else { "" };
    let exported: BTreeSet<String> = file
        .exports()
        .expect("a table of exports")
        .map(|export| match export.expect("an export").name() {
            object::read::NameOrOrdinal::Name(name) => {
                let name = std::str::from_utf8(name).expect("an ASCII name");
                name.strip_prefix(decoration).expect("decorated").to_owned()
            }
            object::read::NameOrOrdinal::Ordinal(ordinal) => panic!("an export without a name: {ordinal}"),
        })
        .collect();
    let functions = in_header();
    assert_eq!(exported.iter().map(String::as_str).collect::<BTreeSet<_>>(), names(&functions));
    assert!(functions.len() >= 16 && functions.keys().all(|name| name.starts_with("aad_")));
}

/// Each import is a function of the header with the same kinds, as far as the binding tells them apart; what is left
/// out is left out on purpose.
fn agrees(binding: &Functions, left_out: &[&str], told_apart: impl Fn(Kind) -> Kind) {
    let header = in_header();
    for (name, kinds) in binding {
        let there: Option<Vec<Kind>> = header.get(name).map(|it| it.iter().copied().map(&told_apart).collect());
        assert_eq!(Some(kinds), there.as_ref(), "{name}: result and parameters, here and in the header");
    }
    let missing: Vec<&str> = names(&header).difference(&names(binding)).copied().collect();
    assert_eq!(missing, left_out);
}

#[test]
fn the_csharp_binding_imports_what_the_header_declares() {
    agrees(&in_csharp(), &NOT_IN_CSHARP, |kind| kind);
}

/// PowerShell's numbers are [int], and [IntPtr] is as wide as a pointer.
fn as_powershell(kind: Kind) -> Kind {
    match kind {
        Kind::UnsignedInt => Kind::Int,
        Kind::Size => Kind::Pointer,
        kind => kind,
    }
}

#[test]
fn the_powershell_table_imports_what_the_header_declares() {
    agrees(&in_powershell(), &NOT_IN_POWERSHELL, as_powershell);
}

/// `AAD_FIELD_ERROR_TEXT` and `ErrorText` are one name.
fn plain(name: &str) -> String {
    name.replace('_', "").to_ascii_lowercase()
}

/// The header's numbers whose names begin so, without that beginning.
fn defines(prefix: &str) -> Numbers {
    let header = header();
    let lines = header.lines().filter_map(|line| line.trim().strip_prefix("#define AAD_"));
    let numbers = lines.filter_map(|line| line.trim().split_once(' ')).filter_map(|(name, value)| {
        let value = value.trim().trim_matches(['(', ')']).parse().ok()?;
        Some((plain(name.strip_prefix(prefix)?), value))
    });
    numbers.collect()
}

fn statuses() -> Numbers {
    let prefixes = ["OPTION_", "FIELD_", "WAIT_", "ABI_", "NUL_"];
    let others: BTreeSet<String> =
        prefixes.iter().flat_map(|prefix| defines(prefix).into_keys().map(|name| plain(prefix) + &name)).collect();
    defines("").into_iter().filter(|(name, _)| !others.contains(name)).collect()
}

/// `Name = 1, Other = 2` or with semicolons.
fn assignments(text: &str) -> Numbers {
    let entries = text.split([',', ';', '\n']).map(str::trim).filter(|it| !it.is_empty());
    let one = |entry: &str| {
        let (name, value) = entry.split_once('=').unwrap_or_else(|| panic!("{entry}: no number"));
        (plain(name.trim()), value.trim().parse().unwrap_or_else(|_| panic!("{entry}: no number")))
    };
    entries.map(one).collect()
}

fn block<'a>(source: &'a str, start: &str) -> &'a str {
    let (_, after) = source.split_once(start).unwrap_or_else(|| panic!("{start} is not there"));
    let inside = after.trim_start().trim_start_matches('{');
    inside.split_once('}').expect("a block has an end").0
}

#[test]
fn the_csharp_binding_has_the_numbers_of_the_header() {
    let source = read("examples/csharp/AadAccess.cs");
    assert_eq!(assignments(block(&source, "enum Option")), defines("OPTION_"));
    assert_eq!(assignments(block(&source, "enum Field")), defines("FIELD_"));
    let mut all = assignments(block(&source, "enum AadAccessErrorKind"));
    let (_, line) = source.split_once("internal const int ").expect("the statuses that are no errors");
    all.extend(assignments(line.split_once(';').expect("an end").0));
    assert_eq!(all, statuses());
    let abi = defines("ABI_")["version"];
    assert!(source.contains(&format!("const uint AbiVersion = {abi};")));
}

/// The module names what it uses: options by its parameters, times without their unit.
const BY_PARAMETER: [(&str, &str); 3] =
    [("cacertificatepath", "cafile"), ("operationtimeoutseconds", "timeoutms"), ("maximumretrycount", "maxretries")];

fn is_part(part: &Numbers, of: &Numbers) {
    for (name, number) in part {
        let (known, _) = of.iter().find(|(_, it)| *it == number).unwrap_or_else(|| panic!("{name}: no {number}"));
        let parameter = BY_PARAMETER.iter().find(|(parameter, _)| parameter == name);
        let name = parameter.map_or(name.as_str(), |(_, option)| option);
        let units = ["", "unixs", "s", "ms"];
        assert!(units.iter().any(|unit| format!("{name}{unit}") == *known), "{number} is {known}, not {name}");
    }
    assert!(part.len() > 10, "{part:?}");
}

#[test]
fn the_powershell_module_has_the_numbers_of_the_header() {
    let folder = "powershell/AzureADApplicationAccess/private";
    is_part(&assignments(block(&read(&format!("{folder}/Invoke.ps1")), "$script:Option = @")), &defines("OPTION_"));
    is_part(&assignments(block(&read(&format!("{folder}/Fields.ps1")), "$script:Field = @")), &defines("FIELD_"));

    // -1 = 'InvalidArgument', <category>; ...
    let source = read(&format!("{folder}/Failure.ps1"));
    let mut kinds = Numbers::new();
    for entry in source.split([';', '\n', '{']).map(str::trim).filter(|it| it.starts_with('-')) {
        if let Some((number, rest)) = entry.split_once(" = '")
            && let Ok(number) = number.trim().parse()
        {
            kinds.insert(plain(rest.split_once('\'').expect("a quoted name").0), number);
        }
    }
    let mut expected = statuses();
    expected.retain(|_, number| *number < 0);
    assert_eq!(kinds, expected);

    let abi = defines("ABI_")["version"];
    assert!(read(&format!("{folder}/Native.ps1")).contains(&format!("$script:AbiVersion = {abi}\n")));
}
