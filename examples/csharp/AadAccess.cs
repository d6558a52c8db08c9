// Microsoft Entra ID access tokens for unattended programs: the C# door of the native library aadaccess.
//
// Copy this one file into a project; it needs no package and compiles with C# 5 and newer, on .NET Framework
// 4.7.2, Mono and .NET 8 and newer, on 64-bit and 32-bit systems. The native library goes beside the program
// (libaadaccess.so, libaadaccess.dylib, aadaccess.dll). In a NuGet package or a published .NET program it may
// lie in runtimes/<rid>/native/ instead; Mono also takes LD_LIBRARY_PATH or a <dllmap> in the .config file.
using System;
using System.Collections.ObjectModel;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Runtime.InteropServices;
using System.Security;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace AadAccess
{
    /// <summary>Why there is no token. The numbers are the statuses of the C ABI.</summary>
    public enum AadAccessErrorKind
    {
        InvalidArgument = -1, OAuth = -2, InteractionRequired = -3, AuthorizationPending = -4, Throttled = -5,
        Server = -6, Http = -7, Protocol = -8, Redirect = -9, Network = -10, Proxy = -11, Tls = -12,
        Timeout = -13, Cancelled = -14, Unsupported = -15, Internal = -16
    }

    /// <summary>A secret given as string, char[] or SecureString; all three convert implicitly. It is read when
    /// a call begins, and every copy made then is cleared. Never printed.</summary>
    public sealed class Secret
    {
        private readonly object source;
        private Secret(object source) { this.source = source; }

        public static implicit operator Secret(string value) { return value == null ? null : new Secret(value); }
        public static implicit operator Secret(char[] value) { return value == null ? null : new Secret(value); }
        public static implicit operator Secret(SecureString value) { return value == null ? null : new Secret(value); }
        public override string ToString() { return "[secret]"; }

        /// <summary>Hands the characters to <paramref name="use"/> in an array that is cleared afterwards.</summary>
        internal void Read(Action<char[]> use)
        {
            var secure = source as SecureString;
            var text = source as string;
            int length = secure != null ? secure.Length : text != null ? text.Length : ((char[])source).Length;
            var characters = new char[length];
            var pin = GCHandle.Alloc(characters, GCHandleType.Pinned);
            IntPtr plain = IntPtr.Zero;
            try
            {
                if (secure != null)
                {
                    plain = Marshal.SecureStringToGlobalAllocUnicode(secure);
                    Marshal.Copy(plain, characters, 0, length);
                }
                else if (text != null) text.CopyTo(0, characters, 0, length);
                else Array.Copy((char[])source, characters, length);
                use(characters);
            }
            finally
            {
                if (plain != IntPtr.Zero) Marshal.ZeroFreeGlobalAllocUnicode(plain);
                Array.Clear(characters, 0, length);
                pin.Free();
            }
        }
    }

    /// <summary>What to ask. Null means not given: the library's default holds. With a refresh token it is the
    /// refresh token that is used; client id and secret then go along when they are given.</summary>
    public sealed class TokenRequest
    {
        /// <summary>GUID, domain name, or common, organizations, consumers.</summary>
        public string TenantId { get; set; }
        public string ClientId { get; set; }
        public Secret ClientSecret { get; set; }
        public Secret RefreshToken { get; set; }
        /// <summary>Default: https://graph.microsoft.com/.default</summary>
        public string Scope { get; set; }
        /// <summary>Default: https://login.microsoftonline.com</summary>
        public string Authority { get; set; }
        /// <summary>Of the whole call, retries and waits included. Default: 100 s.</summary>
        public TimeSpan? Timeout { get; set; }
        /// <summary>0 to 10. Default: 2.</summary>
        public int? MaximumRetryCount { get; set; }
        /// <summary>A PEM file of certificates trusted beside the system's.</summary>
        public string CACertificatePath { get; set; }
        /// <summary>http://host:port; "" goes direct. Default: HTTPS_PROXY, https_proxy, ALL_PROXY, all_proxy,
        /// with NO_PROXY or no_proxy, as the process sees them when the call begins.</summary>
        public string Proxy { get; set; }
        /// <summary>Sent as Basic; a domain is put before the user name as DOMAIN\user.</summary>
        public NetworkCredential ProxyCredential { get; set; }
        public string UserAgentSuffix { get; set; }
    }

    /// <summary>A token. ToString shows no token.</summary>
    public sealed class AccessToken
    {
        internal AccessToken(CallHandle call)
        {
            Header = call.Text(Field.Header);
            Value = call.Text(Field.AccessToken);
            TokenType = call.Text(Field.TokenType);
            RefreshToken = call.Text(Field.RefreshToken);
            Scope = call.Text(Field.Scope);
            CorrelationId = call.Text(Field.CorrelationId);
            long? expires = call.Int(Field.ExpiresOnUnixS);
            if (expires.HasValue) ExpiresOn = DateTimeOffset.FromUnixTimeSeconds(Math.Min(expires.Value, DateTimeOffset.MaxValue.ToUnixTimeSeconds()));
        }

        public string Value { get; private set; }
        public string TokenType { get; private set; }
        /// <summary>The value of the Authorization header: type, blank, token.</summary>
        public string Header { get; private set; }
        /// <summary>UTC; null when the server did not say.</summary>
        public DateTimeOffset? ExpiresOn { get; private set; }
        /// <summary>The new refresh token. Null: none came, and the old one stays good.</summary>
        public string RefreshToken { get; private set; }
        public string Scope { get; private set; }
        public string CorrelationId { get; private set; }

        public override string ToString()
        {
            return TokenType + " token, expires " + (ExpiresOn.HasValue ? ExpiresOn.Value.ToString("u", CultureInfo.InvariantCulture) : "at an unknown time");
        }
    }

    /// <summary>There is no token. The message says what happened and what to do; no secret is in any part.</summary>
    public sealed class AadAccessException : Exception
    {
        internal AadAccessException(AadAccessErrorKind kind, string message, Exception inner = null) : base(message, inner)
        {
            Kind = kind;
            ErrorCodes = new ReadOnlyCollection<long>(new long[0]);
        }

        internal AadAccessException(int status, CallHandle call) : base(Sentence(status, call))
        {
            Kind = (AadAccessErrorKind)status;
            Advice = call.Text(Field.ErrorAdvice);
            ErrorJson = call.Text(Field.ErrorJson);
            OAuthError = call.Text(Field.OauthError);
            SubError = call.Text(Field.OauthSuberror);
            CorrelationId = call.Text(Field.CorrelationId);
            TraceId = call.Text(Field.TraceId);
            Claims = call.Text(Field.Claims);
            HttpStatus = (int?)call.Int(Field.HttpStatus);
            long? retry = call.Int(Field.RetryAfterS);
            if (retry.HasValue) RetryAfter = TimeSpan.FromSeconds(retry.Value);
            string[] codes = (call.Text(Field.ErrorCodes) ?? "").Split(new[] { ',' }, StringSplitOptions.RemoveEmptyEntries);
            ErrorCodes = new ReadOnlyCollection<long>(Array.ConvertAll(codes, code => long.Parse(code, CultureInfo.InvariantCulture)));
        }

        private static string Sentence(int status, CallHandle call)
        {
            string text = call.Text(Field.ErrorText) ?? Marshal.PtrToStringAnsi(Native.aad_status_text(status));
            string advice = call.Text(Field.ErrorAdvice);
            return advice == null ? text : text.TrimEnd('.') + ". " + advice;
        }

        public AadAccessErrorKind Kind { get; private set; }
        /// <summary>The same as a number of the C ABI, for statuses newer than this file.</summary>
        public int Status { get { return (int)Kind; } }
        /// <summary>What to do about it, when the library knows.</summary>
        public string Advice { get; private set; }
        /// <summary>Null when no answer came.</summary>
        public int? HttpStatus { get; private set; }
        /// <summary>invalid_client and the like.</summary>
        public string OAuthError { get; private set; }
        public string SubError { get; private set; }
        /// <summary>AADSTS numbers; empty when there are none.</summary>
        public ReadOnlyCollection<long> ErrorCodes { get; private set; }
        /// <summary>The server's JSON, redacted.</summary>
        public string ErrorJson { get; private set; }
        public string CorrelationId { get; private set; }
        public string TraceId { get; private set; }
        /// <summary>The claims challenge to pass on to an interactive sign-in.</summary>
        public string Claims { get; private set; }
        public TimeSpan? RetryAfter { get; private set; }
    }

    /// <summary>The two questions a program has: a header, or a token with all that came with it. All methods may
    /// be called from any thread.</summary>
    public static class EntraAccess
    {
        /// <summary>The version of the native library.</summary>
        public static string LibraryVersion { get { Native.CheckAbi(); return Marshal.PtrToStringAnsi(Native.aad_version()); } }

        /// <summary>The value of the Authorization header ("Bearer eyJ..."), or an AadAccessException.</summary>
        public static string GetAuthorizationHeader(string tenantId, string clientId, Secret clientSecret, Secret refreshToken = null)
        {
            return GetToken(new TokenRequest { TenantId = tenantId, ClientId = clientId, ClientSecret = clientSecret, RefreshToken = refreshToken }).Header;
        }

        public static AccessToken GetToken(TokenRequest request)
        {
            using (CallHandle call = Begin(request))
            {
                // Slices: a thread inside native code can't be interrupted or aborted.
                while (Native.aad_call_wait(call, 250) == Native.Running) { }
                return Result(call);
            }
        }

        /// <summary>Occupies no thread while it waits. Cancellation ends the task at once, whatever the network does.</summary>
        public static async Task<AccessToken> GetTokenAsync(TokenRequest request, CancellationToken cancellationToken = default(CancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();
            // Disposing of a running call cancels it.
            using (CallHandle call = Begin(request))
            {
                // Polled, since native threads don't call into managed code: after each eighth of the time gone by.
                Stopwatch clock = Stopwatch.StartNew();
                while (Native.aad_call_wait(call, 0) == Native.Running)
                    await Task.Delay((int)Math.Max(1, Math.Min(50, clock.ElapsedMilliseconds / 8)), cancellationToken).ConfigureAwait(false);
                return Result(call);
            }
        }

        private static AccessToken Result(CallHandle call)
        {
            int status = Native.aad_call_status(call);
            if (status != Native.Ok) throw new AadAccessException(status, call);
            return new AccessToken(call);
        }

        private static CallHandle Begin(TokenRequest asked)
        {
            if (asked == null) throw new ArgumentNullException("request");
            Native.CheckAbi();
            using (RequestHandle request = Native.aad_request_new())
            {
                request.Set(Option.TenantId, asked.TenantId, "tenant id");
                request.Set(Option.ClientId, asked.ClientId, "client id");
                request.Set(Option.ClientSecret, asked.ClientSecret, "client secret");
                request.Set(Option.RefreshToken, asked.RefreshToken, "refresh token");
                request.Set(Option.Scope, asked.Scope, "scope");
                request.Set(Option.Authority, asked.Authority, "authority");
                request.Set(Option.CaFile, asked.CACertificatePath, "CA file");
                request.Set(Option.UserAgentSuffix, asked.UserAgentSuffix, "user agent suffix");
                if (asked.Timeout.HasValue) Native.aad_request_set_int(request, (int)Option.TimeoutMs, (long)Math.Ceiling(asked.Timeout.Value.TotalMilliseconds));
                if (asked.MaximumRetryCount.HasValue) Native.aad_request_set_int(request, (int)Option.MaxRetries, asked.MaximumRetryCount.Value);
                SetProxy(request, asked);
                // A setter that refused is not looked at: the request keeps its first failure, the call reports it.
                return Native.aad_call_begin(request);
            }
        }

        // Native code doesn't see what Environment.SetEnvironmentVariable did on Linux and macOS, so this side reads.
        private static void SetProxy(RequestHandle request, TokenRequest asked)
        {
            string proxy = asked.Proxy;
            if (proxy == null)
            {
                proxy = FirstVariable("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy") ?? "";
                string direct = FirstVariable("NO_PROXY", "no_proxy");
                if (proxy.Length > 0) request.Set(Option.NoProxy, direct, "NO_PROXY variable");
            }
            request.Set(Option.Proxy, (Secret)proxy, "proxy");
            NetworkCredential credential = asked.ProxyCredential;
            if (credential == null || proxy.Length == 0) return;
            string user = string.IsNullOrEmpty(credential.Domain) ? credential.UserName : credential.Domain + "\\" + credential.UserName;
            request.Set(Option.ProxyUsername, user, "proxy user name");
            using (SecureString password = credential.SecurePassword) request.Set(Option.ProxyPassword, password, "proxy password");
        }

        private static string FirstVariable(params string[] names)
        {
            return names.Select(Environment.GetEnvironmentVariable).FirstOrDefault(value => !string.IsNullOrEmpty(value));
        }
    }

    internal enum Option
    {
        TenantId = 1, ClientId = 2, ClientSecret = 3, RefreshToken = 4, Scope = 5, Authority = 6, CaFile = 7, Proxy = 8,
        ProxyUsername = 9, ProxyPassword = 10, NoProxy = 11, UserAgentSuffix = 12, TimeoutMs = 64, MaxRetries = 65
    }

    internal enum Field
    {
        Header = 1, AccessToken = 2, TokenType = 3, RefreshToken = 4, Scope = 5, ErrorText = 6, ErrorAdvice = 7, ErrorJson = 8,
        OauthError = 9, OauthSuberror = 10, OauthDescription = 11, ErrorCodes = 12, CorrelationId = 13, TraceId = 14,
        Timestamp = 15, Claims = 16, Host = 17, Grant = 18, ExpiresOnUnixS = 64, HttpStatus = 65, RetryAfterS = 66, Attempts = 67,
        WaitReason = 68, WaitRemainingMs = 69, WaitedMs = 70, DurationMs = 71
    }

    internal sealed class RequestHandle : SafeHandle
    {
        private RequestHandle() : base(IntPtr.Zero, true) { }
        public override bool IsInvalid { get { return handle == IntPtr.Zero; } }
        protected override bool ReleaseHandle() { Native.aad_request_free(handle); return true; }

        /// <summary>The text's own array is pinned and cleared: the collector leaves no second copy of a secret.</summary>
        internal void Set(Option option, Secret value, string name)
        {
            if (value == null) return;
            value.Read(characters =>
            {
                byte[] bytes = null;
                var pin = default(GCHandle);
                try
                {
                    var encoding = new UTF8Encoding(false, true);
                    bytes = new byte[encoding.GetByteCount(characters)];
                    pin = GCHandle.Alloc(bytes, GCHandleType.Pinned);
                    encoding.GetBytes(characters, 0, characters.Length, bytes, 0);
                    Native.aad_request_set_text(this, (int)option, bytes, new UIntPtr((uint)bytes.Length));
                }
                catch (EncoderFallbackException error)
                {
                    throw new AadAccessException(AadAccessErrorKind.InvalidArgument, "The " + name + " is not valid Unicode: half of a surrogate pair stands at position " + (error.Index + 1) + ".");
                }
                finally
                {
                    if (bytes != null) Array.Clear(bytes, 0, bytes.Length);
                    if (pin.IsAllocated) pin.Free();
                }
            });
        }
    }

    /// <summary>Keeps the native call until the last user on any thread is done with it.</summary>
    internal sealed class CallHandle : SafeHandle
    {
        private CallHandle() : base(IntPtr.Zero, true) { }
        public override bool IsInvalid { get { return handle == IntPtr.Zero; } }
        protected override bool ReleaseHandle() { Native.aad_call_free(handle); return true; }

        internal string Text(Field field)
        {
            UIntPtr length;
            IntPtr text = Native.aad_call_text(this, (int)field, out length);
            return text == IntPtr.Zero ? null : Native.Utf8(text, (int)length.ToUInt32());
        }

        internal long? Int(Field field)
        {
            long value = Native.aad_call_int(this, (int)field);
            return value < 0 ? (long?)null : value;
        }
    }

    internal static class Native
    {
        private const string Library = "aadaccess";
        private const CallingConvention Cdecl = CallingConvention.Cdecl;
        private const uint AbiVersion = 1;
        internal const int Ok = 0, Running = 1;
        private static volatile bool fits;

        [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)] internal static extern RequestHandle aad_request_new();
        [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)] internal static extern void aad_request_free(IntPtr request);
        [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)] internal static extern int aad_request_set_text(RequestHandle request, int option, byte[] text, UIntPtr length);
        [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)] internal static extern int aad_request_set_int(RequestHandle request, int option, long value);
        [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)] internal static extern CallHandle aad_call_begin(RequestHandle request);
        [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)] internal static extern int aad_call_wait(CallHandle call, uint timeout_ms);
        [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)] internal static extern void aad_call_free(IntPtr call);
        [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)] internal static extern int aad_call_status(CallHandle call);
        [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)] internal static extern IntPtr aad_call_text(CallHandle call, int field, out UIntPtr length);
        [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)] internal static extern long aad_call_int(CallHandle call, int field);
        [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)] internal static extern IntPtr aad_status_text(int status);
        [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)] internal static extern IntPtr aad_version();
        [DllImport(Library, CallingConvention = Cdecl, ExactSpelling = true)] internal static extern uint aad_abi_version();

        /// <summary>Before anything else is called: is the library there, and is it the one this file was made for?</summary>
        internal static void CheckAbi()
        {
            if (fits) return;
            uint version;
            try
            {
                version = aad_abi_version();
            }
            catch (Exception error) // missing, without the function, of another processor
            {
                if (!(error is TypeLoadException || error is BadImageFormatException)) throw;
                throw new AadAccessException(AadAccessErrorKind.Unsupported, "The native library aadaccess can't be used (" + error.Message +
                    "). Put libaadaccess.so, libaadaccess.dylib or aadaccess.dll, built for this system and processor, beside the program.", error);
            }
            if (version != AbiVersion)
                throw new AadAccessException(AadAccessErrorKind.Unsupported, "The native library aadaccess has ABI version " + version +
                    ", and this binding needs " + AbiVersion + ". Use the AadAccess.cs that came with the library.");
            fits = true;
        }

        internal static string Utf8(IntPtr text, int length)
        {
            var bytes = new byte[length];
            Marshal.Copy(text, bytes, 0, length);
            string value = Encoding.UTF8.GetString(bytes);
            Array.Clear(bytes, 0, length);
            return value;
        }
    }
}
