using System.Reflection;
using Msr.Cuda.Interop;
using Msr.Cuda.Kernels;
using Msr.Cuda.Memory;
using Msr.Cuda.Products;

namespace Msr.Cuda;

/// <summary>
/// Everything a backend holds of one device, made in order and given back in reverse, also where making it fails half-way: libraries, context,
/// queue, kernels, matrix products and convolutions.
/// </summary>
internal sealed class CudaDevice : IDisposable
{
    private const long CublasWorkspaceBytes = 32L << 20;

    private readonly Stack<IDisposable> _owned = [];

    /// <summary>Opens a device.</summary>
    /// <param name="libraries">The libraries, which this disposes of, also where it fails.</param>
    /// <param name="options">How to open it.</param>
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

    /// <summary>Memory and executables that were not given back yet.</summary>
    public OwnedResources Resources { get; } = new();

    /// <summary>The primary context.</summary>
    public CudaContext Context { get; }

    /// <summary>The one queue.</summary>
    public CudaStream Stream { get; }

    /// <summary>The way in and out.</summary>
    public Staging Staging { get; }

    /// <summary>Scratch memory of ops that run one by one.</summary>
    public Workspace Workspace { get; }

    /// <summary>Everything the device can run.</summary>
    public OpTable Ops { get; }

    /// <summary>The device and the libraries it uses, for people.</summary>
    public string Description { get; }

    /// <summary>Waits for the queue and gives everything back. Safe to call twice.</summary>
    public void Dispose()
    {
        Drain();
        Resources.Dispose();
        while (_owned.TryPop(out IDisposable? owned))
        {
            owned.Dispose();
        }
    }

    /// <summary>Kernels and pinned memory may be in use until the queue is idle.</summary>
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
            // A device that has failed runs nothing any more, and who disposes of it has been told.
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
