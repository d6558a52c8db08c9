// Prints an Authorization header, or the error. The values come from the environment, never from the command line:
//   AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET, AZURE_REFRESH_TOKEN,
//   AZURE_AUTHORITY_HOST and AADACCESS_CA_FILE (a PEM file trusted beside the system's certificates) if wanted.
//
//   mcs -out:example.exe Program.cs AadAccess.cs        (csc for .NET Framework; a console project for .NET 8)
//   LD_LIBRARY_PATH=../../target/release mono example.exe
using System;
using System.Threading;
using System.Threading.Tasks;
using AadAccess;

internal static class Program
{
    private static int Main()
    {
        using (var stop = new CancellationTokenSource())
        {
            Console.CancelKeyPress += (sender, pressed) => { pressed.Cancel = true; stop.Cancel(); };
            return Run(stop.Token).GetAwaiter().GetResult();
        }
    }

    private static async Task<int> Run(CancellationToken stop)
    {
        try
        {
            AccessToken token = await EntraAccess.GetTokenAsync(new TokenRequest
            {
                TenantId = Value("AZURE_TENANT_ID"),
                ClientId = Value("AZURE_CLIENT_ID"),
                ClientSecret = Value("AZURE_CLIENT_SECRET"),
                RefreshToken = Value("AZURE_REFRESH_TOKEN"),
                Authority = Value("AZURE_AUTHORITY_HOST"),
                CACertificatePath = Value("AADACCESS_CA_FILE")
            }, stop).ConfigureAwait(false);

            Console.WriteLine("Authorization: " + token.Header);
            if (token.RefreshToken != null) Console.WriteLine("New refresh token: " + token.RefreshToken);
            return 0;
        }
        catch (AadAccessException error)
        {
            Console.Error.WriteLine(error.Kind + ": " + error.Message);
            return 1;
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("Cancelled.");
            return 1;
        }
    }

    private static string Value(string name)
    {
        string value = Environment.GetEnvironmentVariable(name);
        return string.IsNullOrEmpty(value) ? null : value;
    }
}
