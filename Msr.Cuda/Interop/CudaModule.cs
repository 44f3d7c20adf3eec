using System.Runtime.CompilerServices;
using System.Text;

namespace Msr.Cuda.Interop;

/// <summary>Kernels that the driver compiled for its device.</summary>
internal sealed unsafe class CudaModule : ContextHandle
{
    private const int ErrorLogBufferOption = 5;
    private const int ErrorLogBytesOption = 6;
    private const int LogBytes = 16 << 10;

    /// <summary>Compiles PTX.</summary>
    /// <param name="context">Where the kernels will run. It becomes current.</param>
    /// <param name="ptx">The text, with or without a final zero.</param>
    /// <exception cref="CudaException">The driver refuses the text; the message ends with the compiler's log.</exception>
    public CudaModule(CudaContext context, ReadOnlySpan<byte> ptx)
        : base(context)
    {
        byte[] text = [.. ptx, 0];
        byte[] log = new byte[LogBytes];
        nint module;
        fixed (byte* image = text, room = log)
        {
            int* options = stackalloc int[] { ErrorLogBufferOption, ErrorLogBytesOption };

            // The driver takes the size by value in the pointer's place, and writes the length back there.
            void** values = stackalloc void*[] { room, (void*)LogBytes };
            int status = Api.cuModuleLoadDataEx(&module, image, 2, options, values);
            if (status != 0)
            {
                throw Api.Failure(status, nameof(Api.cuModuleLoadDataEx), more: Log(log));
            }
        }

        Own(module);
    }

    /// <summary>Finds a kernel.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="CudaException">The module has no such kernel; the message names it.</exception>
    public CudaFunction Function(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        byte[] terminated = Encoding.UTF8.GetBytes(name + '\0');
        nint function;
        fixed (byte* text = terminated)
        {
            int status = Api.cuModuleGetFunction(&function, Live, text);
            return status == 0
                ? new CudaFunction(function, name)
                : throw Api.Failure(status, nameof(Api.cuModuleGetFunction), $"of kernel '{name}'");
        }
    }

    /// <inheritdoc/>
    protected override bool Release(nint owned) => Api.cuModuleUnload(owned) == 0;

    private static string? Log(ReadOnlySpan<byte> log)
    {
        int end = log.IndexOf((byte)0);
        string text = Encoding.UTF8.GetString(end < 0 ? log : log[..end]).Trim();
        return text.Length == 0 ? null : $"The compiler's log: {text}";
    }
}

/// <summary>A kernel. It lives as long as its module.</summary>
/// <param name="Handle">The driver's handle.</param>
/// <param name="Name">Its name, for messages.</param>
internal readonly record struct CudaFunction(nint Handle, string Name);

/// <summary>One scalar or pointer argument of a kernel, in the eight bytes that a launch reads at most of it.</summary>
internal readonly struct KernelArgument
{
    private readonly ulong _bits;

    private KernelArgument(ulong bits) => _bits = bits;

    /// <summary>The bits, the value in the low ones.</summary>
    public ulong Bits => _bits;

    public static implicit operator KernelArgument(ulong address) => new(address);

    public static implicit operator KernelArgument(uint value) => new(value);

    public static implicit operator KernelArgument(int value) => new((uint)value);

    public static implicit operator KernelArgument(bool value) => new(value ? 1u : 0u);

    public static implicit operator KernelArgument(float value) => new(Unsafe.BitCast<float, uint>(value));
}
