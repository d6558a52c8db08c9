using System;
using System.Net;
using AadAccess;

// The host is one that only the proxy can reach. Variables are set in the running process, as programs do.
internal static class Proxies
{
    private static readonly string[] Variables = { "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy" };

    internal static void Run()
    {
        string proxy = Check.Variable("TEST_PROXY"), strict = Check.Variable("TEST_STRICT_PROXY");
        Clear();
        Check.Refused(AadAccessErrorKind.Network, Request());
        for (int i = 0; i < 4; i++)
        {
            Clear();
            Environment.SetEnvironmentVariable(Variables[i], proxy);
            for (int later = i + 1; later < 4; later++)
                if (Environment.GetEnvironmentVariable(Variables[later]) == null) Environment.SetEnvironmentVariable(Variables[later], "http://127.0.0.1:1");
            Check.True(EntraAccess.GetToken(Request()).Value.Length > 0, "a token through " + Variables[i]);
        }
        foreach (string name in new[] { "NO_PROXY", "no_proxy" })
        {
            Clear();
            Environment.SetEnvironmentVariable("HTTPS_PROXY", proxy);
            Environment.SetEnvironmentVariable(name, "other.example, .test.example");
            Check.Refused(AadAccessErrorKind.Network, Request());
            Environment.SetEnvironmentVariable(name, "other.example");
            Check.True(EntraAccess.GetToken(Request()).Value.Length > 0, "a token beside " + name);
        }

        // A setting wins over the environment, NO_PROXY included; "" goes direct.
        Clear();
        Environment.SetEnvironmentVariable("HTTPS_PROXY", "http://127.0.0.1:1");
        Environment.SetEnvironmentVariable("NO_PROXY", "*");
        TokenRequest request = Request();
        request.Proxy = proxy;
        Check.True(EntraAccess.GetToken(request).Value.Length > 0, "a token through the setting");
        Clear();
        Environment.SetEnvironmentVariable("HTTPS_PROXY", proxy);
        request.Proxy = "";
        Check.Refused(AadAccessErrorKind.Network, request);

        Clear();
        request.Proxy = strict;
        Check.Refused(AadAccessErrorKind.Proxy, request);
        request.ProxyCredential = new NetworkCredential("u:@/%", "p\u00e4ss:w@rd/%");
        Check.Refused(AadAccessErrorKind.Proxy, request);
        request.ProxyCredential = new NetworkCredential("u@/%", "p\u00e4ss:w@rd/%", "DOMAIN");
        Check.True(EntraAccess.GetToken(request).Value.Length > 0, "a token with credentials");
        Environment.SetEnvironmentVariable("HTTPS_PROXY", strict);
        request.Proxy = null;
        Check.True(EntraAccess.GetToken(request).Value.Length > 0, "a token with credentials, the proxy from the environment");

        Clear();
        Environment.SetEnvironmentVariable("HTTPS_PROXY", "ftp://proxy.example");
        Check.Refused(AadAccessErrorKind.InvalidArgument, Request());
        Clear();
    }

    private static TokenRequest Request()
    {
        TokenRequest request = Check.Request("contoso.example");
        request.Authority = "https://login.test.example";
        request.MaximumRetryCount = 0;
        return request;
    }

    private static void Clear()
    {
        foreach (string name in Variables) Environment.SetEnvironmentVariable(name, null);
    }
}
