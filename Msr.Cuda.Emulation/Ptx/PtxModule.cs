using System.Collections.Frozen;

namespace Msr.Cuda.Emulation.Ptx;

/// <summary>
/// A module of PTX text, made ready to run. The variables of the module live in it: two modules of one text do not share them.
/// </summary>
internal sealed class PtxModule
{
    private PtxModule(FrozenDictionary<string, PtxKernel> kernels)
    {
        Kernels = kernels;
    }

    /// <summary>The kernels by name.</summary>
    public FrozenDictionary<string, PtxKernel> Kernels { get; }

    /// <summary>Reads and decodes a module.</summary>
    /// <param name="text">The text, as the compiler wrote it.</param>
    /// <exception cref="EmulationException">The text is malformed, or holds an instruction or a directive that is not supported.</exception>
    public static PtxModule Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        PtxParser parser = new(text);
        parser.Read();
        ModuleLayout layout = new(parser.Variables);
        return new PtxModule(parser.Kernels.Select(source => KernelDecoder.Decode(source, layout)).ToFrozenDictionary(k => k.Name, StringComparer.Ordinal));
    }
}
