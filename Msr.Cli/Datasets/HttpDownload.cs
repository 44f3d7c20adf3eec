namespace Msr.Cli.Datasets;

/// <summary>Downloads files over HTTP with short patience: a server that does not answer makes room for the next route.</summary>
internal static class HttpDownload
{
    private static readonly TimeSpan s_connectPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_silencePatience = TimeSpan.FromSeconds(30);
    private static readonly SocketsHttpHandler s_handler = new() { ConnectTimeout = s_connectPatience };
    private static readonly HttpClient s_client = new(s_handler) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Downloads one file.</summary>
    /// <exception cref="FetchException">The server cannot be reached, refuses, or falls silent.</exception>
    internal static async Task SaveAsync(Uri address, string path, IProgress<FetchProgress>? progress, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(s_silencePatience);
        try
        {
            using HttpResponseMessage response = await s_client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            response.EnsureSuccessStatusCode();
            await using Stream source = await response.Content.ReadAsStreamAsync(patience.Token);
            await using FileStream target = File.Create(path);
            FetchProgress start = new(address.ToString(), 0, response.Content.Headers.ContentLength);
            await CopyAsync(source, target, start, progress, patience);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or OperationCanceledException
                                      && !cancellation.IsCancellationRequested)
        {
            string cause = error is OperationCanceledException ? "the server does not answer" : error.Message.TrimEnd('.');
            throw new FetchException($"{address} could not be downloaded ({cause}); check the connection or the proxy", error);
        }
    }

    private static async Task CopyAsync(
        Stream source, FileStream target, FetchProgress start, IProgress<FetchProgress>? progress, CancellationTokenSource patience)
    {
        byte[] buffer = new byte[1 << 17];
        long done = 0;
        while (true)
        {
            patience.CancelAfter(s_silencePatience);
            int read = await source.ReadAsync(buffer, patience.Token);
            if (read == 0)
            {
                return;
            }

            await target.WriteAsync(buffer.AsMemory(0, read), patience.Token);
            done += read;
            progress?.Report(start with { Done = done });
        }
    }
}
