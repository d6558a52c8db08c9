using System;
using System.Net;
using System.Security;
using AadAccess;

internal static class Tokens
{
    internal static void Token()
    {
        AccessToken token = EntraAccess.GetToken(Check.Request("contoso.example"));
        Check.True(token.Value.StartsWith("test-token-", StringComparison.Ordinal), "the endpoint's token");
        Check.Equal("Bearer", token.TokenType, "TokenType");
        Check.Equal("Bearer " + token.Value, token.Header, "Header");
        Check.Equal(null, token.RefreshToken, "RefreshToken");
        Check.Equal(36, token.CorrelationId.Length, "the length of CorrelationId");
        DateTimeOffset expires = token.ExpiresOn.Value;
        Check.Equal(TimeSpan.Zero, expires.Offset, "the offset of ExpiresOn");
        Check.True(expires > DateTimeOffset.UtcNow.AddMinutes(50) && expires < DateTimeOffset.UtcNow.AddMinutes(100), "an hour or so: " + expires);
        Check.True(token.ToString().IndexOf(token.Value, StringComparison.Ordinal) < 0, "ToString shows no token");
        Check.True(token.ToString().StartsWith("Bearer token, expires 2", StringComparison.Ordinal), token.ToString());

        token = EntraAccess.GetToken(Check.Request("no-expiry.example"));
        Check.Equal(null, token.ExpiresOn, "ExpiresOn");
        Check.Equal("Bearer token, expires at an unknown time", token.ToString(), "ToString");
        Check.True(EntraAccess.GetToken(Check.Request("weird-expiry.example")).Value.Length > 0, "an absurd lifetime breaks nothing");
        Check.Equal(Check.Variable("TEST_VERSION"), EntraAccess.LibraryVersion, "LibraryVersion");
    }

    // The four values alone: the authority is the real one's name, reached through the environment's proxy.
    internal static void Header()
    {
        string header = EntraAccess.GetAuthorizationHeader("contoso.example", Check.Client, Check.Secret);
        Check.True(header.StartsWith("Bearer test-token-", StringComparison.Ordinal), "a header");
        header = EntraAccess.GetAuthorizationHeader("contoso.example", null, null, "refresh-token-1");
        Check.True(header.StartsWith("Bearer test-token-", StringComparison.Ordinal), "a header by refresh token");
        Check.Refused(AadAccessErrorKind.OAuth, () => EntraAccess.GetAuthorizationHeader("contoso.example", Check.Client, "wrong-secret"));
    }

    internal static void Refresh()
    {
        TokenRequest request = Check.Request("contoso.example");
        request.ClientSecret = null;
        request.RefreshToken = "refresh-token-1";
        AccessToken token = EntraAccess.GetToken(request);
        Check.Equal("refresh-token-2", token.RefreshToken, "RefreshToken");
        request.RefreshToken = token.RefreshToken.ToCharArray();
        Check.Equal("refresh-token-1", EntraAccess.GetToken(request).RefreshToken, "the next RefreshToken");
        request.RefreshToken = "refresh-token-0";
        AadAccessException error = Check.Refused(AadAccessErrorKind.OAuth, request);
        Check.Equal("invalid_grant", error.OAuthError, "OAuthError");
        request.TenantId = "no-refresh.example";
        request.RefreshToken = "refresh-token-1";
        Check.Equal(null, EntraAccess.GetToken(request).RefreshToken, "RefreshToken where none is handed out");
    }

    // Sent one after the other to a tenant that takes any; the other side compares what arrived.
    internal static void Secrets()
    {
        TokenRequest request = Check.Request("any.test.example");
        request.ClientSecret = "p&q=r+s%t \"u' v\"\\/?#";
        EntraAccess.GetToken(request);
        request.ClientSecret = "\u00e9\u00df\u65e5\u672c \U0001F511\U0001F9EA e\u0301";
        EntraAccess.GetToken(request);

        char[] characters = ("s3cret-long-" + new string('\u20ac', 20000)).ToCharArray();
        request.ClientSecret = characters;
        EntraAccess.GetToken(request);
        Check.Equal('s', characters[0], "the caller's own array, which stays as it is: its first character");

        using (var secure = new SecureString())
        {
            foreach (char character in "s\u00e9cure \U0001F511+%") secure.AppendChar(character);
            request.ClientSecret = secure;
            EntraAccess.GetToken(request);
            Check.Equal("[secret]", request.ClientSecret.ToString(), "a secret's ToString");
        }
    }
}
