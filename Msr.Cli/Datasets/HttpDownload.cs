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
    /// <exception cref="IOException">The file cannot be written: that is no fault of the server's.</exception>
    internal static async Task SaveAsync(Uri address, string path, IProgress<FetchProgress>? progress, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(s_silencePatience);
        using HttpResponseMessage response = await AskAsync(
            address, () => s_client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, patience.Token), cancellation);
        await AskAsync(address, () => Task.FromResult(response.EnsureSuccessStatusCode()), cancellation);
        await using Stream source = await AskAsync(address, () => response.Content.ReadAsStreamAsync(patience.Token), cancellation);
        await using FileStream target = File.Create(path);
        FetchProgress state = new(address.ToString(), 0, response.Content.Headers.ContentLength);
        byte[] buffer = new byte[1 << 17];
        while (true)
        {
            patience.CancelAfter(s_silencePatience);
            int read = await AskAsync(address, () => source.ReadAsync(buffer, patience.Token).AsTask(), cancellation);
            if (read == 0)
            {
                return;
            }

            await target.WriteAsync(buffer.AsMemory(0, read), cancellation);
            state = state with { Done = state.Done + read };
            progress?.Report(state);
        }
    }

    /// <summary>Asks the server for something, and nothing but the server: what fails here has the connection to blame.</summary>
    private static async Task<V> AskAsync<V>(Uri address, Func<Task<V>> ask, CancellationToken cancellation)
    {
        try
        {
            return await ask();
        }
        catch (Exception error) when (error is HttpRequestException or IOException or OperationCanceledException
                                      && !cancellation.IsCancellationRequested)
        {
            string cause = error is OperationCanceledException ? "the server does not answer" : error.Message.TrimEnd('.');
            throw new FetchException($"{address} could not be downloaded ({cause}); check the connection or the proxy", error);
        }
    }
}
