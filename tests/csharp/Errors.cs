using System;
using System.Diagnostics;
using System.Security;
using AadAccess;

internal static class Errors
{
    internal static void Run()
    {
        RefusedSecret();
        Others();
        InvalidArguments();
        Deadline();
    }

    private static void RefusedSecret()
    {
        TokenRequest request = Check.Request("contoso.example");
        request.ClientSecret = "not-the-secret";
        AadAccessException error = Check.Refused(AadAccessErrorKind.OAuth, request);
        Check.Equal(401, error.HttpStatus, "HttpStatus");
        Check.Equal("invalid_client", error.OAuthError, "OAuthError");
        Check.Equal(1, error.ErrorCodes.Count, "the number of ErrorCodes");
        Check.Equal(7000215L, error.ErrorCodes[0], "ErrorCodes");
        Check.True(error.Message.Contains("AADSTS7000215"), error.Message);
        Check.True(!string.IsNullOrEmpty(error.Advice), "an advice");
        Check.True(error.ErrorJson.StartsWith("{", StringComparison.Ordinal) && error.ErrorJson.Contains("invalid_client"), error.ErrorJson);
        Check.Equal(36, error.CorrelationId.Length, "the length of CorrelationId");
        Check.Equal("7ace1d00-aaaa-4bbb-8ccc-ddddeeeeffff", error.TraceId, "TraceId");
        Check.Equal(null, error.RetryAfter, "RetryAfter");
        Check.Equal(null, error.Claims, "Claims");
        Check.True(error.ToString().IndexOf("not-the-secret", StringComparison.Ordinal) < 0, "no secret in the error");
    }

    private static void Others()
    {
        AadAccessException error = Check.Refused(AadAccessErrorKind.Throttled, Check.Request("throttled-long.example"));
        Check.Equal(TimeSpan.FromHours(1), error.RetryAfter.Value, "RetryAfter");
        Check.Equal(429, error.HttpStatus, "HttpStatus");
        error = Check.Refused(AadAccessErrorKind.InteractionRequired, Check.Request("interaction.example"));
        Check.Equal("basic_action", error.SubError, "SubError");
        Check.True(error.Claims.Contains("capolids"), "the claims challenge");
        error = Check.Refused(AadAccessErrorKind.OAuth, Check.Request("echo-secret.example"));
        Check.True(error.ErrorJson.Contains("[redacted]"), error.ErrorJson);
        error = Check.Refused(AadAccessErrorKind.Redirect, Check.Request("redirect.example"));
        Check.Equal(307, error.HttpStatus, "HttpStatus");
        TokenRequest request = Check.Request("contoso.example");
        request.CACertificatePath = null;
        error = Check.Refused(AadAccessErrorKind.Tls, request);
        Check.Equal(null, error.HttpStatus, "HttpStatus");
        Check.Equal(0, error.ErrorCodes.Count, "the number of ErrorCodes");
        Check.Equal(null, error.ErrorJson, "ErrorJson");
    }

    private static void InvalidArguments()
    {
        foreach (string tenant in new[] { null, "", "../../x", "a b", "x\0y", "t\u00e9nant.example", new string('a', 100000) })
        {
            AadAccessException error = Check.Refused(AadAccessErrorKind.InvalidArgument, Check.Request(tenant));
            if (tenant != null && tenant.Length > 4) Check.True(error.Message.IndexOf(tenant, StringComparison.Ordinal) < 0, "the refused value is not shown");
        }
        TokenRequest request = Check.Request("contoso.example");
        foreach (Secret secret in new Secret[] { "half \ud83d of a pair", "half \udd11\ud83d of a pair".ToCharArray(), Secure("half \ud83d") })
        {
            request.ClientSecret = secret;
            AadAccessException half = Check.Refused(AadAccessErrorKind.InvalidArgument, request);
            Check.Equal("The client secret holds a lone half of a surrogate pair at UTF-16 code unit 6", half.Message, "Message");
        }

        request = Check.Request("contoso.example");
        request.Timeout = TimeSpan.Zero;
        Check.Refused(AadAccessErrorKind.InvalidArgument, request);
        request.Timeout = TimeSpan.FromDays(2);
        Check.Refused(AadAccessErrorKind.InvalidArgument, request);
        request.Timeout = TimeSpan.FromSeconds(30);
        request.MaximumRetryCount = 11;
        Check.Refused(AadAccessErrorKind.InvalidArgument, request);
        request.MaximumRetryCount = 0;
        request.ClientSecret = new char[0];
        Check.Refused(AadAccessErrorKind.InvalidArgument, request);
        try
        {
            EntraAccess.GetToken(null);
            Check.True(false, "refused without a request");
        }
        catch (ArgumentNullException error)
        {
            Check.Equal("request", error.ParamName, "ParamName");
        }
    }

    private static SecureString Secure(string text)
    {
        var secure = new SecureString();
        foreach (char character in text) secure.AppendChar(character);
        return secure;
    }

    private static void Deadline()
    {
        TokenRequest request = Check.Request("hang.example");
        request.Timeout = TimeSpan.FromMilliseconds(600);
        Stopwatch clock = Stopwatch.StartNew();
        Check.Refused(AadAccessErrorKind.Timeout, request);
        Check.Within(4000, clock, "the deadline of 0.6 s");
        Check.True(clock.ElapsedMilliseconds >= 550, "not before the deadline");
    }
}
