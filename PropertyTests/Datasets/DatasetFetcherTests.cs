using System.Formats.Tar;
using System.Net;
using System.Net.Sockets;
using Msr.Cli.Datasets;
using Msr.Core.Checkpoints;
using Msr.Core.Data;
using PropertyTests.Data;

namespace PropertyTests.Datasets;

public class DatasetFetcherTests
{
    private static readonly KnownDataset s_known = KnownDataset.FashionMini;

    [Fact]
    public async Task The_first_open_route_brings_the_set_and_closed_ones_are_explained()
    {
        using TemporaryFolder folder = new();
        StringWriter log = new();
        string target = Path.Combine(folder.Path, "set");
        FetchResult result = await DatasetFetcher.FetchAsync(s_known, [new ClosedRoute(), new ResourceRoute()], target, null, log);
        Assert.Equal("resource route", result.Route);
        Assert.Empty(s_known.Locate(target).Missing);
        Assert.Contains("The closed route failed: the road is closed.", log.ToString(), StringComparison.Ordinal);
        Assert.Equal([target], Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task A_complete_set_is_recognised_and_kept()
    {
        using TemporaryFolder folder = new();
        await DatasetFetcher.FetchAsync(s_known, [new ResourceRoute()], folder.Path);
        FetchResult again = await DatasetFetcher.FetchAsync(s_known, [new ClosedRoute()], folder.Path);
        Assert.True(again.WasThere);
        Assert.Contains("already there, complete and verified", again.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_file_is_replaced_and_other_files_stay()
    {
        using TemporaryFolder folder = new();
        folder.Write("notes.txt", [1]);
        await DatasetFetcher.FetchAsync(s_known, [new ResourceRoute()], folder.Path);
        folder.Write(s_known.Files[1].Name, [1, 2, 3]);
        FetchResult again = await DatasetFetcher.FetchAsync(s_known, [new ResourceRoute()], folder.Path);
        Assert.False(again.WasThere);
        Assert.Equal(s_known.Files.Select(file => file.Md5), s_known.Locate(folder.Path).Found.Select(file => file.Verify()), StringComparer.Ordinal);
        Assert.True(File.Exists(Path.Combine(folder.Path, "notes.txt")));
    }

    [Fact]
    public async Task If_every_route_fails_each_has_its_sentence_and_nothing_is_left_behind()
    {
        using TemporaryFolder folder = new();
        FetchException error = await Assert.ThrowsAsync<FetchException>(() => DatasetFetcher.FetchAsync(
            s_known, [new ClosedRoute(), new ResourceRoute { Files = 3 }, new ResourceRoute { Damage = true }], Path.Combine(folder.Path, "set")));
        Assert.Contains("The closed route failed: the road is closed.", error.Message, StringComparison.Ordinal);
        Assert.Contains("The resource route failed: it brought no fashion-mini-test-labels-idx1-ubyte.", error.Message, StringComparison.Ordinal);
        Assert.Contains("fashion-mini-train-labels-idx1-ubyte.gz, byte", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task A_failure_of_the_disk_is_no_failure_of_a_route()
    {
        using TemporaryFolder folder = new();
        string target = Path.Combine(folder.Path, "set");
        ResourceRoute full = new() { Finished = static () => throw new IOException("No space left on device") };
        StringWriter log = new();
        IOException error = await Assert.ThrowsAsync<IOException>(() => DatasetFetcher.FetchAsync(s_known, [full, new ResourceRoute()], target, null, log));
        Assert.Equal("No space left on device", error.Message);
        Assert.DoesNotContain("failed", log.ToString(), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task A_target_that_cannot_be_is_refused_before_any_route_is_tried()
    {
        using TemporaryFolder folder = new();
        folder.Write("file", [1]);
        foreach (string target in (string[])["file", "file/set"])
        {
            StringWriter log = new();
            await Assert.ThrowsAsync<StorageException>(
                () => DatasetFetcher.FetchAsync(s_known, [new ResourceRoute()], Path.Combine(folder.Path, target), null, log));
            Assert.Equal("", log.ToString());
        }

        Assert.Equal([Path.Combine(folder.Path, "file")], Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task A_download_that_cannot_be_written_does_not_blame_the_server()
    {
        using TemporaryFolder folder = new();
        KnownDataset one = s_known with { Files = [s_known.Files[1]] };
        string name = $"/{one.Files[0].Name}.gz";
        using Server server = new(new Dictionary<string, byte[]>(StringComparer.Ordinal) { [name] = new byte[1 << 20] });
        File.CreateSymbolicLink(folder.Path + name, "/dev/full");
        IOException error = await Assert.ThrowsAsync<IOException>(
            () => new HttpFilesRoute(one, server.Address).FetchAsync(folder.Path, folder.Path, null, CancellationToken.None));
        Assert.Contains("No space left on device", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_leaves_nothing_behind()
    {
        using TemporaryFolder folder = new();
        using CancellationTokenSource cancellation = new();
        ResourceRoute route = new() { Finished = cancellation.Cancel };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => DatasetFetcher.FetchAsync(
            s_known, [route], Path.Combine(folder.Path, "set"), cancellation: cancellation.Token));
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task An_unknown_name_is_refused_and_the_embedded_set_needs_no_fetching()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => DatasetFetcher.FetchAsync("imagenet"));
        Assert.True((await DatasetFetcher.FetchAsync("fashion-mini")).WasThere);
    }

    [Fact]
    public async Task Files_and_archives_come_over_HTTP()
    {
        using TemporaryFolder folder = new();
        await new ResourceRoute().FetchAsync(folder.Path, folder.Path, null, CancellationToken.None);
        KnownDataset labels = s_known with { Files = [s_known.Files[1], s_known.Files[3]] };
        Dictionary<string, byte[]> served = labels.Files.ToDictionary(
            file => $"/set/{file.Name}.gz", file => File.ReadAllBytes(Path.Combine(folder.Path, file.Name + ".gz")), StringComparer.Ordinal);
        served["/all.tar.gz"] = Archive(labels, folder.Path);
        using Server server = new(served);

        List<FetchProgress> seen = [];
        string files = Path.Combine(folder.Path, "files"), archive = Path.Combine(folder.Path, "archive");
        await DatasetFetcher.FetchAsync(labels, [new HttpFilesRoute(labels, new Uri(server.Address, "set/"))], files, new Listener(seen));
        await DatasetFetcher.FetchAsync(labels, [new HttpArchiveRoute(labels, new Uri(server.Address, "all.tar.gz"), "inside/")], archive);
        Assert.Contains(seen, progress => progress.Done == served["/set/fashion-mini-train-labels-idx1-ubyte.gz"].Length && progress.Done == progress.Total);

        FetchException error = await Assert.ThrowsAsync<FetchException>(() => DatasetFetcher.FetchAsync(
            labels, [new HttpFilesRoute(labels, new Uri(server.Address, "nothing/"))], Path.Combine(folder.Path, "none")));
        Assert.Contains("could not be downloaded (Response status code does not indicate success: 404", error.Message, StringComparison.Ordinal);
        error = await Assert.ThrowsAsync<FetchException>(() => DatasetFetcher.FetchAsync(
            labels, [new HttpArchiveRoute(labels, new Uri(server.Address, "all.tar.gz"), "outside/")], Path.Combine(folder.Path, "none")));
        Assert.Contains("the archive all.tar.gz lacks fashion-mini-test-labels-idx1-ubyte", error.Message, StringComparison.Ordinal);
    }

    // The archive holds the files unpacked, as CIFAR-10's does.
    private static byte[] Archive(KnownDataset known, string folder)
    {
        using MemoryStream archive = new();
        using (TarWriter writer = new(archive, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach (KnownFile file in known.Files)
            {
                using FileStream packed = File.OpenRead(Path.Combine(folder, file.Name + ".gz"));
                using System.IO.Compression.GZipStream content = new(packed, System.IO.Compression.CompressionMode.Decompress);
                MemoryStream plain = new();
                content.CopyTo(plain);
                plain.Position = 0;
                writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, $"inside/{file.Name}") { DataStream = plain });
            }
        }

        return Samples.Gzip(archive.ToArray());
    }

    private sealed class Listener(List<FetchProgress> seen) : IProgress<FetchProgress>
    {
        public void Report(FetchProgress value) => seen.Add(value);
    }

    private sealed class ClosedRoute : IFetchRoute
    {
        public string Name => "closed route";

        public Task FetchAsync(string folder, string scratch, IProgress<FetchProgress>? progress, CancellationToken cancellation) =>
            throw new FetchException("the road is closed");
    }

    private sealed class ResourceRoute : IFetchRoute
    {
        public int Files { get; init; } = 4;

        public bool Damage { get; init; }

        public Action? Finished { get; init; }

        public string Name => "resource route";

        public Task FetchAsync(string folder, string scratch, IProgress<FetchProgress>? progress, CancellationToken cancellation)
        {
            foreach (string name in s_known.Files.Take(Files).Select(file => file.Name + ".gz"))
            {
                using Stream resource = typeof(KnownDataset).Assembly.GetManifestResourceStream(name)!;
                using FileStream file = File.Create(Path.Combine(folder, name));
                resource.CopyTo(file);
                file.SetLength(Damage && name.Contains("train-labels", StringComparison.Ordinal) ? file.Length / 2 : file.Length);
            }

            Finished?.Invoke();
            return Task.CompletedTask;
        }
    }

    private sealed class Server : IDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly Dictionary<string, byte[]> _files;

        internal Server(Dictionary<string, byte[]> files)
        {
            _files = files;
            using TcpListener free = new(IPAddress.Loopback, 0);
            free.Start();
            Address = new Uri($"http://localhost:{((IPEndPoint)free.LocalEndpoint).Port}/");
            free.Stop();
            _listener.Prefixes.Add(Address.ToString());
            _listener.Start();
            _ = ServeAsync();
        }

        internal Uri Address { get; }

        public void Dispose() => ((IDisposable)_listener).Dispose();

        private async Task ServeAsync()
        {
            while (_listener.IsListening)
            {
                HttpListenerContext context = await _listener.GetContextAsync();
                bool known = _files.TryGetValue(context.Request.Url!.AbsolutePath, out byte[]? content);
                context.Response.StatusCode = known ? 200 : 404;
                context.Response.ContentLength64 = content?.Length ?? 0;
                await context.Response.OutputStream.WriteAsync(content ?? []);
                context.Response.Close();
            }
        }
    }
}
