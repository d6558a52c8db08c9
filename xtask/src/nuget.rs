//! The NuGet package for C#: the libraries and the binding as source. An assembly would have to be made by one certain
//! compiler to be the same bytes each time, and would be one more file whose versions can conflict in one process; the
//! binding compiles with C# 5 and newer into the project itself. So it serves C# projects only.

use crate::Result;
use crate::archive::Entry;
use crate::opc::Nuspec;
use crate::source::Source;

/// The package's files.
pub fn product(source: &Source, libraries: &[Entry], notes: &str, project_url: Option<&str>) -> Result<Vec<Entry>> {
    let binding = source.text("examples/csharp/AadAccess.cs")?;
    let mut files = libraries.to_vec();
    files.extend([
        // PackageReference; then packages.config, which knows only this folder.
        Entry::new("contentFiles/cs/any/AadAccess.cs", binding.clone()),
        Entry::new("content/AadAccess.cs", binding),
        Entry::new("build/AadAccess.targets", include_str!("../templates/AadAccess.targets")),
        // Says: fits everything that knows .NET Standard 2.0, and there is nothing to reference.
        Entry::new("lib/netstandard2.0/_._", ""),
        Entry::new("README.md", include_str!("../templates/README-nuget.md")),
        Entry::new("LICENSE.txt", source.text("LICENSE")?),
    ]);
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let nuspec = Nuspec {
        id: "AadAccess",
        version: &source.version,
        authors: "The aadaccess authors",
        copyright: "(c) The aadaccess authors. MIT License.",
        description: "Microsoft Entra ID (Azure AD) access tokens and Authorization headers for unattended C# programs, over \
                      one small native library and without any managed dependency. The binding is one source file that \
                      compiles into the project.",
        release_notes: notes,
        tags: "entra azure-ad oauth2 token graph native",
        project_url,
        more: "    <readme>README.md</readme>\n    <contentFiles>\n      <files include=\"cs/any/AadAccess.cs\" \
               buildAction=\"Compile\" />\n    </contentFiles>\n    <dependencies>\n      <group \
               targetFramework=\".NETStandard2.0\" />\n    </dependencies>\n",
    };
    Ok(nuspec.envelope(&files))
}
