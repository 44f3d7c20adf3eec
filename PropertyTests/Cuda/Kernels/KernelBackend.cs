using Msr.Core.Backends;
using Msr.Core.Memory;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Cuda;
using Msr.Cuda.Emulation;
using Msr.Cuda.Interop;
using Msr.Cuda.Kernels;
using Msr.Cuda.Memory;
using Msr.Cuda.Products;

namespace PropertyTests.Cuda.Kernels;

/// <summary>
/// The kernels as a backend of their own on an emulated device, so that the laws judge them without the rest of the CUDA backend. Every op gets a
/// workspace of just the size that it asks for: the emulated memory faults one byte beyond it.
/// </summary>
internal sealed unsafe class KernelBackend : IBackend<float>
{
    private readonly EmulatedCuda _cuda;
    private readonly OwnedResources _memory = new();
    private readonly CudaContext _context;
    private readonly CudaStream _stream;
    private readonly CudaModule _module;
    private readonly KernelLauncher _launcher;
    private readonly UnfoldKernels _unfold;

    public KernelBackend(EmulatedCuda cuda)
    {
        _cuda = cuda;
        _context = new CudaContext(new DriverApi(cuda.Libraries.Driver), 0);
        _context.MakeCurrent();
        _stream = new CudaStream(_context);
        using Stream text = typeof(CudaBackend).Assembly.GetManifestResourceStream("kernels.ptx")!;
        using MemoryStream ptx = new();
        text.CopyTo(ptx);
        _module = new CudaModule(_context, ptx.ToArray());
        _launcher = new KernelLauncher(_module, _stream);
        Ops = new OpTable(_launcher);
        _unfold = new UnfoldKernels(_launcher);
    }

    public OpTable Ops { get; }

    /// <summary>Every kernel that the backend declares.</summary>
    public IReadOnlyList<Kernel> Kernels => _launcher.Kernels;

    public BackendInfo Info { get; } = new(
        "kernels", "emulated", Accuracy.Single, BitwiseGuarantees.Repeat | BitwiseGuarantees.Batch, VectorBits: 0, Threads: 1);

    public bool Supports(Op<float> op) => Ops.Supports(op);

    public DeviceMemory<E> Allocate<E>(long length)
        where E : unmanaged => new CudaMemory<E>(_context, _memory, length);

    public void Upload<E>(ReadOnlySpan<E> source, TensorRef<E> destination)
        where E : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(source.Length, destination.Length);
        using PinnedAllocation pinned = new(_context, (long)source.Length * sizeof(E));
        source.CopyTo(new Span<E>(pinned.Pointer, source.Length));
        _stream.CopyToDevice(CudaMemory<E>.AddressOf(destination), pinned.Pointer, pinned.Bytes);
        _stream.Synchronize();
    }

    public void Download<E>(TensorRef<E> source, Span<E> destination)
        where E : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(destination.Length, source.Length);
        using PinnedAllocation pinned = new(_context, (long)destination.Length * sizeof(E));
        _stream.CopyToHost(pinned.Pointer, CudaMemory<E>.AddressOf(source), pinned.Bytes);
        _stream.Synchronize();
        new Span<E>(pinned.Pointer, destination.Length).CopyTo(destination);
    }

    public void Synchronize() => _stream.Synchronize();

    /// <summary>A new tensor with these elements, `offset` elements into its memory.</summary>
    public TensorRef<E> Tensor<E>(ReadOnlySpan<E> elements, Shape shape, int offset = 0)
        where E : unmanaged
    {
        TensorRef<E> tensor = Allocate<E>(offset + shape.Length).View(offset, shape);
        Upload(elements, tensor);
        return tensor;
    }

    /// <summary>A new tensor of undefined elements.</summary>
    public TensorRef<E> Tensor<E>(Shape shape, int offset = 0)
        where E : unmanaged => Allocate<E>(offset + shape.Length).View(offset, shape);

    /// <summary>What a tensor holds.</summary>
    public E[] Read<E>(TensorRef<E> tensor)
        where E : unmanaged
    {
        E[] elements = new E[tensor.Length];
        Download(tensor, elements);
        return elements;
    }

    public void Run(Op<float> op)
    {
        long bytes = Ops.Prepare(op);
        using DeviceAllocation? workspace = bytes > 0 ? new DeviceAllocation(_context, bytes) : null;
        Assert.True(Ops.TryRun(op, workspace?.Address ?? 0), op.Name);
        Finish();
    }

    /// <summary>Runs two ops in one pass, with the room that the second alone gets.</summary>
    public void RunTogether(Op<float> first, Op<float> second)
    {
        Assert.True(Ops.RunsTogether(first, second), $"{first.Name} and {second.Name}");
        long bytes = Ops.Prepare(second);
        using DeviceAllocation? workspace = bytes > 0 ? new DeviceAllocation(_context, bytes) : null;
        Ops.RunTogether(first, second, workspace?.Address ?? 0);
        Finish();
    }

    /// <summary>Starts one kernel on a grid of one's own.</summary>
    public void Launch(string kernel, uint blocks, params ReadOnlySpan<KernelArgument> arguments)
    {
        _stream.Launch(_launcher.Kernels.Single(one => one.Function.Name == kernel).Function, blocks, 1, KernelLauncher.Threads, arguments);
        Finish();
    }

    public void Unfold(ConvGeometry g, TensorRef<float> columns, TensorRef<float> x, int samples, int group)
    {
        _unfold.Unfold(g, CudaMemory<float>.AddressOf(columns), CudaMemory<float>.AddressOf(x), samples, group);
        Finish();
    }

    public void Fold(ConvGeometry g, TensorRef<float> dx, TensorRef<float> columns, int samples, int group, bool accumulate)
    {
        _unfold.Fold(g, CudaMemory<float>.AddressOf(dx), CudaMemory<float>.AddressOf(columns), samples, group, accumulate);
        Finish();
    }

    public void Dispose()
    {
        _memory.Dispose();
        _module.Dispose();
        _stream.Dispose();
        _context.Dispose();
        Finish(alive: false);
        _cuda.Dispose();
    }

    /// <summary>Whatever the emulation found wrong fails the test, with its own words.</summary>
    private void Finish(bool alive = true)
    {
        if (alive)
        {
            _stream.Synchronize();
        }

        Assert.True(_cuda.LastFault is null, $"{_cuda.LastFault}");
    }
}
