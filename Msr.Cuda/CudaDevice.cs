using System.Reflection;
using Msr.Cuda.Interop;
using Msr.Cuda.Kernels;
using Msr.Cuda.Memory;
using Msr.Cuda.Products;

namespace Msr.Cuda;

/// <summary>
/// The resources of a backend on one device: libraries, context, stream, kernels, matrix products and convolutions. They are created in order and
/// released in reverse, also where a creation fails.
/// </summary>
internal sealed class CudaDevice : IDisposable
{
    private const long CublasWorkspaceBytes = 32L << 20;

    private readonly Stack<IDisposable> _owned = [];

    /// <summary>Opens a device.</summary>
    /// <param name="libraries">The libraries, which this disposes of, also where it fails.</param>
    /// <param name="options">The options.</param>
    /// <exception cref="CudaException">The driver, the device or a library refuses; the message says what to do.</exception>
    public CudaDevice(CudaLibraries libraries, CudaOptions options)
    {
        Own(libraries);
        try
        {
            Context = Own(new CudaContext(new DriverApi(libraries.Driver), options.Device));
            Context.MakeCurrent();
            Stream = Own(new CudaStream(Context));
            Staging = Own(new Staging(Context, Stream));
            Workspace = Own(new Workspace(Context));
            KernelLauncher launcher = new(Own(new CudaModule(Context, EmbeddedPtx())), Stream);
            Ops = new OpTable(launcher);
            UnfoldKernels unfold = new(launcher);
            CublasHandle cublas = Own(new CublasHandle(
                new CublasApi(libraries.Cublas), Stream, Own(new DeviceAllocation(Context, CublasWorkspaceBytes)), options.Tf32));
            IConvolutions convolutions = Own(new UnfoldedConvolutions(unfold, cublas));
            if (libraries.Cudnn is { } cudnn && !options.WithoutCudnn)
            {
                convolutions = Own(new CudnnConvolutions(Own(new CudnnHandle(new CudnnApi(cudnn), Stream)), convolutions, options.Tf32));
            }

            Ops.AddProducts(new MatrixProducts(cublas), convolutions);
            Description = $"{Context.DeviceName}, {Context.MultiprocessorCount} multiprocessors, convolutions by {convolutions.Description}";
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Live memory and executables.</summary>
    public OwnedResources Resources { get; } = new();

    /// <summary>The primary context.</summary>
    public CudaContext Context { get; }

    /// <summary>The stream.</summary>
    public CudaStream Stream { get; }

    /// <summary>The copies to and from the device.</summary>
    public Staging Staging { get; }

    /// <summary>Scratch memory of ops that run one by one.</summary>
    public Workspace Workspace { get; }

    /// <summary>The ops that the device can run.</summary>
    public OpTable Ops { get; }

    /// <summary>A description of the device and its libraries, for reports.</summary>
    public string Description { get; }

    /// <summary>Waits for the stream and releases everything. Safe to call twice.</summary>
    public void Dispose()
    {
        Drain();
        Resources.Dispose();
        while (_owned.TryPop(out IDisposable? owned))
        {
            owned.Dispose();
        }
    }

    /// <summary>Waits, since kernels and pinned memory may be in use until the stream is idle.</summary>
    private void Drain()
    {
        if (Stream is not { IsClosed: false })
        {
            return;
        }

        try
        {
            Context.MakeCurrent();
            Stream.Synchronize();
        }
        catch (CudaException)
        {
            // A failed device runs nothing any more, and its failure has been reported.
        }
    }

    private static byte[] EmbeddedPtx()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("kernels.ptx")
            ?? throw new InvalidOperationException("Msr.Cuda was built without its kernels.");
        byte[] ptx = new byte[stream.Length];
        stream.ReadExactly(ptx);
        return ptx;
    }

    private TOwned Own<TOwned>(TOwned owned)
        where TOwned : IDisposable
    {
        _owned.Push(owned);
        return owned;
    }
}
