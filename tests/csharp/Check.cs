// The C# tests are one program, compiled together with the binding; the argument names what to run.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using AadAccess;

internal static class Check
{
    internal const string Secret = "s3cret-value-1";
    internal const string Client = "11111111-2222-3333-4444-555555555555";

    private static readonly Dictionary<string, Action> All = new Dictionary<string, Action>
    {
        { "token", Tokens.Token }, { "refresh", Tokens.Refresh }, { "secrets", Tokens.Secrets }, { "errors", Errors.Run },
        { "header", Tokens.Header }, { "cancel", Async.Cancel }, { "parallel", Async.Parallel }, { "threads", Async.OccupiesNoThread },
        { "proxy", Proxies.Run }, { "handles", Handles.Run }, { "abi", Handles.OtherAbi }, { "missing", Handles.NoLibrary }
    };

    private static int Main(string[] arguments)
    {
        try
        {
            All[arguments[0]]();
            Console.WriteLine(arguments[0] + " ok");
            return 0;
        }
        catch (Exception error)
        {
            Console.Error.WriteLine(error);
            return 1;
        }
    }

    internal static string Variable(string name)
    {
        string value = Environment.GetEnvironmentVariable(name);
        if (string.IsNullOrEmpty(value)) throw new InvalidOperationException(name + " is not set");
        return value;
    }

    internal static TokenRequest Request(string tenant)
    {
        return new TokenRequest
        {
            TenantId = tenant, ClientId = Client, ClientSecret = Secret,
            Authority = Variable("TEST_AUTHORITY"), CACertificatePath = Variable("TEST_CA_FILE")
        };
    }

    internal static void True(bool condition, string what)
    {
        if (!condition) throw new Exception("not so: " + what);
    }

    internal static void Equal<T>(T expected, T got, string what)
    {
        if (!Equals(expected, got)) throw new Exception(what + " is '" + got + "', not '" + expected + "'");
    }

    internal static AadAccessException Refused(AadAccessErrorKind kind, TokenRequest request)
    {
        return Refused(kind, () => EntraAccess.GetToken(request));
    }

    internal static AadAccessException Refused(AadAccessErrorKind kind, Action action)
    {
        try
        {
            action();
        }
        catch (AadAccessException error)
        {
            if (error.Kind != kind) throw new Exception("refused as " + error.Kind + ", not as " + kind, error);
            Equal((int)kind, error.Status, "Status");
            True(error.Message.Length > 10, "a message");
            True(error.Advice == null || error.Message.EndsWith(error.Advice, StringComparison.Ordinal), "the message ends with the advice");
            True(error.ToString().IndexOf(Secret, StringComparison.Ordinal) < 0, "no secret in the error");
            return error;
        }
        throw new Exception("not refused; " + kind + " was expected");
    }

    internal static void Within(int milliseconds, Stopwatch clock, string what)
    {
        True(clock.ElapsedMilliseconds < milliseconds, what + " within " + milliseconds + " ms; it took " + clock.ElapsedMilliseconds);
    }
}
