using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using AadAccess;

internal static class Async
{
    internal static void Cancel()
    {
        // Once for the code and the pool to be there.
        Check.True(EntraAccess.GetTokenAsync(Check.Request("contoso.example")).Result.Value.Length > 0, "a token");

        using (var stop = new CancellationTokenSource())
        {
            Task<AccessToken> task = EntraAccess.GetTokenAsync(Check.Request("hang.example"), stop.Token);
            Thread.Sleep(300);
            Check.True(!task.IsCompleted, "still waiting");
            Stopwatch clock = Stopwatch.StartNew();
            stop.Cancel();
            Cancelled(task, stop.Token);
            Check.Within(2000, clock, "the end of a cancelled call");
        }
        using (var stop = new CancellationTokenSource())
        {
            stop.Cancel();
            Cancelled(EntraAccess.GetTokenAsync(Check.Request("contoso.example"), stop.Token), stop.Token);
        }
        // Failures come out of the task, not of the call that made it.
        Task<AccessToken> failing = EntraAccess.GetTokenAsync(Check.Request("../x"));
        Check.Refused(AadAccessErrorKind.InvalidArgument, () => failing.GetAwaiter().GetResult());
    }

    private static void Cancelled(Task<AccessToken> task, CancellationToken token)
    {
        try
        {
            task.GetAwaiter().GetResult();
        }
        catch (OperationCanceledException error)
        {
            Check.Equal(token, error.CancellationToken, "the token of the exception");
            Check.True(task.IsCanceled, "the task is cancelled");
            return;
        }
        throw new Exception("not cancelled");
    }

    internal static void Parallel()
    {
        Task<AccessToken>[] tasks = Enumerable.Range(0, 100).Select(n => EntraAccess.GetTokenAsync(Check.Request("contoso.example"))).ToArray();
        Task.WaitAll(tasks);
        Check.Equal(100, new HashSet<string>(tasks.Select(task => task.Result.Value)).Count, "the number of different tokens");

        var threads = Enumerable.Range(0, 16).Select(n => new Thread(() => EntraAccess.GetToken(Check.Request("contoso.example")))).ToArray();
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
    }

    // 40 answers that take 3 s each: on a pool of a few threads that were held, it would be a minute.
    internal static void OccupiesNoThread()
    {
        int processors = Math.Max(2, Environment.ProcessorCount);
        ThreadPool.SetMinThreads(processors, processors);
        Check.True(ThreadPool.SetMaxThreads(processors, processors), "a small pool");
        Stopwatch clock = Stopwatch.StartNew();
        Task.WaitAll(Enumerable.Range(0, 40).Select(n => (Task)EntraAccess.GetTokenAsync(Check.Request("slow.example"))).ToArray());
        Check.Within(12000, clock, "40 slow answers");
    }
}
