//! Linker flags of the shared library, on Windows its version resource, and with the feature `header` the C header.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    match env::var("CARGO_CFG_TARGET_OS").as_deref() {
        Ok("linux" | "freebsd") => {
            // Once loaded it stays: a worker must never run code that is gone.
            println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete");
            println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libaadaccess.so");
        }
        Ok("macos") => println!("cargo::rustc-cdylib-link-arg=-Wl,-install_name,@rpath/libaadaccess.dylib"),
        Ok("windows") => version_resource::link(),
        _ => {}
    }
    #[cfg(feature = "header")]
    header::generate();
}

/// What Windows shows as the file's details. Written as an object file by itself: resource compilers differ between
/// the toolchains, where there is one at all, and every linker takes the object.
mod version_resource {
    use std::env;
    use std::path::PathBuf;

    const COPYRIGHT: &str = "(c) The aadaccess authors. MIT License.";
    const VERSION_TYPE: u32 = 16;
    const ENGLISH: u32 = 0x0409;
    const UTF_16: u16 = 1200;

    pub fn link() {
        let out = PathBuf::from(variable("OUT_DIR")).join("version.o");
        std::fs::write(&out, object(&version_info())).expect("the output folder can be written");
        println!("cargo::rustc-cdylib-link-arg={}", out.display());
    }

    fn variable(name: &str) -> String {
        env::var(name).expect("cargo sets it")
    }

    /// VS_VERSIONINFO: <https://learn.microsoft.com/windows/win32/menurc/vs-versioninfo>
    fn version_info() -> Vec<u8> {
        let version = variable("CARGO_PKG_VERSION");
        let number = |part: &str| variable(&format!("CARGO_PKG_VERSION_{part}")).parse::<u32>().expect("a number");
        let high = number("MAJOR") << 16 | number("MINOR");
        let low = number("PATCH") << 16;
        // Signature, structure version, file version, product version, mask of flags, flags, NT, a library, no subtype,
        // no date.
        let fixed = [0xFEEF_04BD, 0x0001_0000, high, low, high, low, 0x3F, 0, 0x0004_0004, 2, 0, 0, 0];
        let texts = [
            ("CompanyName", "The aadaccess authors"),
            ("FileDescription", "Microsoft Entra ID access tokens (aadaccess)"),
            ("FileVersion", &version),
            ("InternalName", "aadaccess"),
            ("LegalCopyright", COPYRIGHT),
            ("OriginalFilename", "aadaccess.dll"),
            ("ProductName", "aadaccess"),
            ("ProductVersion", &version),
        ];
        let texts = texts.map(|(name, text)| node(name, true, &utf_16(text), &[]));
        let table = node(&format!("{ENGLISH:04x}{UTF_16:04x}"), true, &[], &texts);
        let translation = (ENGLISH | u32::from(UTF_16) << 16).to_le_bytes();
        let translation = node("Translation", false, &translation, &[]);
        let strings = node("StringFileInfo", true, &[], &[table]);
        let variables = node("VarFileInfo", true, &[], &[translation]);
        node("VS_VERSION_INFO", false, &words(&fixed), &[strings, variables])
    }

    fn utf_16(text: &str) -> Vec<u8> {
        text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect()
    }

    fn words(numbers: &[u32]) -> Vec<u8> {
        numbers.iter().flat_map(|it| it.to_le_bytes()).collect()
    }

    fn align(bytes: &mut Vec<u8>) {
        bytes.resize(bytes.len().next_multiple_of(4), 0);
    }

    /// Length, length of the value (in characters, when it is text), is it text, name, value, children.
    fn node(name: &str, text: bool, value: &[u8], children: &[Vec<u8>]) -> Vec<u8> {
        let short = |number: usize| u16::try_from(number).expect("short").to_le_bytes();
        let mut bytes = vec![0, 0];
        bytes.extend(short(if text { value.len() / 2 } else { value.len() }));
        bytes.extend(short(text.into()));
        bytes.extend(utf_16(name));
        align(&mut bytes);
        bytes.extend(value);
        for child in children {
            align(&mut bytes);
            bytes.extend(child);
        }
        let length = short(bytes.len());
        bytes[..2].copy_from_slice(&length);
        bytes
    }

    /// A COFF object as Microsoft's resource converter makes it: the directory in one section, the data in another, and
    /// a relocation that leads from here to there.
    fn object(data: &[u8]) -> Vec<u8> {
        let (machine, relative_address): (u16, u16) = match variable("CARGO_CFG_TARGET_ARCH").as_str() {
            "x86_64" => (0x8664, 3),
            "x86" => (0x14C, 7),
            "aarch64" => (0xAA64, 2),
            other => panic!("no version resource for {other}"),
        };
        // Type, name, language: a directory with one entry each; then the place of the data.
        const DEEPER: u32 = 0x8000_0000;
        let one_entry = |id: u32, offset: u32| [0, 0, 0, 1 << 16, id, offset];
        let mut directory = words(&one_entry(VERSION_TYPE, DEEPER | 24));
        directory.extend(words(&one_entry(1, DEEPER | 48)));
        directory.extend(words(&one_entry(ENGLISH, 72)));
        directory.extend(words(&[0, u32::try_from(data.len()).expect("short"), 0, 0]));
        let mut data = data.to_vec();
        align(&mut data);

        let size = |bytes: &[u8]| u32::try_from(bytes.len()).expect("short");
        let directory_at = 20 + 2 * 40;
        let relocation_at = directory_at + size(&directory);
        let data_at = relocation_at + 10;
        let symbols_at = data_at + size(&data);

        let mut bytes = Vec::new();
        bytes.extend(machine.to_le_bytes());
        bytes.extend(2_u16.to_le_bytes());
        bytes.extend(words(&[0, symbols_at, 1, 0]));
        for (name, content, at, relocations) in
            [(b".rsrc$01", &directory, directory_at, 1), (b".rsrc$02", &data, data_at, 0)]
        {
            // Initialized data, aligned to 4, readable.
            let relocation_at = if relocations > 0 { relocation_at } else { 0 };
            bytes.extend(name);
            bytes.extend(words(&[0, 0, size(content), at, relocation_at, 0, relocations, 0x4030_0040]));
        }
        bytes.extend(&directory);
        bytes.extend(words(&[72, 0]));
        bytes.extend(relative_address.to_le_bytes());
        bytes.extend(&data);
        // The symbol of the second section, and the length of an empty string table.
        bytes.extend(b".rsrc$02");
        bytes.extend([0, 0, 0, 0, 2, 0, 0, 0, 3, 0]);
        bytes.extend(4_u32.to_le_bytes());
        bytes
    }
}

#[cfg(feature = "header")]
mod header {
    use std::env;
    use std::path::PathBuf;

    /// Writes the header for `tests/header.rs`, and into `include` only when asked to by `AADACCESS_WRITE_HEADER`.
    pub fn generate() {
        for input in ["src/ffi", "cbindgen.toml"] {
            println!("cargo::rerun-if-changed={input}");
        }
        println!("cargo::rerun-if-env-changed=AADACCESS_WRITE_HEADER");
        let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
        let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it")).join("aadaccess.h");
        let bindings = cbindgen::generate(&root).expect("the C ABI can be described");
        bindings.write_to_file(&out);
        if env::var_os("AADACCESS_WRITE_HEADER").is_some() {
            bindings.write_to_file(root.join("include/aadaccess.h"));
        }
        println!("cargo::rustc-env=AADACCESS_GENERATED_HEADER={}", out.display());
    }
}
