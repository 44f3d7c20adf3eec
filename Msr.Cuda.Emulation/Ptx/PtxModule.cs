using System.Collections.Frozen;

namespace Msr.Cuda.Emulation.Ptx;

/// <summary>The kernels of a PTX text.</summary>
internal sealed class PtxModule
{
    private PtxModule(IEnumerable<PtxKernel> kernels) => Kernels = kernels.ToFrozenDictionary(static kernel => kernel.Name, StringComparer.Ordinal);

    /// <summary>The kernels, by name.</summary>
    public FrozenDictionary<string, PtxKernel> Kernels { get; }

    /// <summary>Reads a text as clang writes it: one instruction a line.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="EmulationException">A line is no PTX, or holds what the machine does not know; the message has its number and text.</exception>
    public static PtxModule Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<PtxKernel> kernels = [];
        List<(string Name, int Size, int Alignment)> shared = [];
        PtxLines lines = new(text);
        bool declared = false;
        while (lines.TryNext(out string line))
        {
            if (line.StartsWith(".visible .entry", StringComparison.Ordinal) || line.StartsWith(".entry", StringComparison.Ordinal))
            {
                kernels.Add(new KernelReader(lines, shared).Read());
            }
            else if (line.StartsWith(".shared", StringComparison.Ordinal))
            {
                shared.Add(KernelReader.ReadShared(lines, line));
            }
            else if (line.StartsWith(".version", StringComparison.Ordinal))
            {
                declared = true;
            }
            else if (!line.StartsWith(".target", StringComparison.Ordinal) && line != ".address_size 64")
            {
                throw lines.Fault("this declaration is not known");
            }
        }

        return declared ? new PtxModule(kernels) : throw new EmulationException("line 1: this is no PTX, it has no .version");
    }
}
