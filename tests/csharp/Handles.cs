using System;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using AadAccess;

internal static class Handles
{
    internal static void Run()
    {
        DisposedTwice();
        Forgotten();
        UnderPressure();
    }

    private static CallHandle Hanging()
    {
        using (RequestHandle request = Native.aad_request_new())
        {
            request.Set(Option.Authority, Check.Variable("TEST_AUTHORITY"));
            request.Set(Option.CaFile, Check.Variable("TEST_CA_FILE"));
            request.Set(Option.Proxy, "");
            request.Set(Option.TenantId, "hang.example");
            request.Set(Option.ClientId, Check.Client);
            request.Set(Option.ClientSecret, Check.Secret);
            return Native.aad_call_begin(request);
        }
    }

    private static void DisposedTwice()
    {
        Native.CheckAbi();
        RequestHandle request = Native.aad_request_new();
        request.Dispose();
        request.Dispose();
        CallHandle call = Hanging();
        Check.Equal(Native.Running, Native.aad_call_wait(call, 10), "the status of a call that hangs");
        call.Dispose();
        call.Dispose();
        Disposed(() => Native.aad_call_wait(call, 0));
        Disposed(() => call.Text(Field.Header));
        Disposed(() => Native.aad_call_begin(request));

        // A handle that is in use on another thread is freed when that use is over, not under it.
        CallHandle shared = Hanging();
        Task<int> waiting = Task.Run(() => Native.aad_call_wait(shared, 700));
        Thread.Sleep(200);
        shared.Dispose();
        Check.Equal(Native.Running, waiting.Result, "the status seen by the waiting thread");
    }

    private static void Disposed(Action action)
    {
        try
        {
            action();
        }
        catch (ObjectDisposedException)
        {
            return;
        }
        throw new Exception("a disposed handle was used");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference[] Leave(int count)
    {
        var left = new WeakReference[count];
        for (int i = 0; i < count; i++) left[i] = new WeakReference(Hanging());
        return left;
    }

    // The collector frees what nobody disposed of, and no finalizer waits for the network.
    private static void Forgotten()
    {
        WeakReference[] left = Leave(20);
        Stopwatch clock = Stopwatch.StartNew();
        for (int i = 0; i < 5; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        Check.Within(5000, clock, "finalizers of calls that run");
        int gone = 0;
        foreach (WeakReference one in left) if (!one.IsAlive) gone++;
        // Mono's collector looks at the stack conservatively.
        Check.True(gone >= 15, gone + " of 20 calls collected");
    }

    private static void UnderPressure()
    {
        bool stop = false;
        var collector = new Thread(() =>
        {
            while (!Volatile.Read(ref stop))
            {
                GC.KeepAlive(new byte[100000]);
                GC.Collect();
                Thread.Sleep(1);
            }
        });
        collector.Start();
        try
        {
            for (int round = 0; round < 5; round++)
            {
                var tasks = new Task<AccessToken>[20];
                for (int i = 0; i < tasks.Length; i++) tasks[i] = EntraAccess.GetTokenAsync(Check.Request("contoso.example"));
                for (int i = 0; i < 5; i++) Check.True(EntraAccess.GetToken(Check.Request("contoso.example")).Value.Length > 0, "a token");
                Task.WaitAll(tasks);
            }
        }
        finally
        {
            Volatile.Write(ref stop, true);
            collector.Join();
        }
    }

    internal static void OtherAbi()
    {
        for (int i = 0; i < 2; i++)
        {
            AadAccessException error = Check.Refused(AadAccessErrorKind.Unsupported, () => EntraAccess.GetAuthorizationHeader("contoso.example", "app", "secret"));
            Check.Equal("The native library aadaccess has ABI version 2, and this binding needs 1. Use the AadAccess.cs that came with the library.", error.Message, "Message");
        }
    }

    internal static void NoLibrary()
    {
        AadAccessException error = Check.Refused(AadAccessErrorKind.Unsupported, () => { string version = EntraAccess.LibraryVersion; });
        Check.True(error.InnerException is DllNotFoundException, "the loader's own error is inside");
        Check.True(error.Message.Contains("beside the program"), error.Message);
    }
}
