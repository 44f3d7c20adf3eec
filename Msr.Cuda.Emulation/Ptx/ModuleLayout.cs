using Msr.Cuda.Emulation.Memory;

namespace Msr.Cuda.Emulation.Ptx;

/// <summary>The .global and .const variables of a module, with addresses and contents, and its .shared ones, which kernels lay out.</summary>
internal sealed class ModuleLayout
{
    private readonly Dictionary<string, (PtxVariable Variable, ulong Address)> _placed = new(StringComparer.Ordinal);

    /// <summary>Lays out the variables of a module.</summary>
    /// <param name="variables">All of them.</param>
    public ModuleLayout(List<PtxVariable> variables)
    {
        Variables = Place(variables, MemorySpace.Global, AddressWindows.Variables);
        Constants = Place(variables, MemorySpace.Const, AddressWindows.Constants);
        foreach (PtxVariable variable in variables.Where(variable => variable.Space == MemorySpace.Shared))
        {
            _placed[variable.Name] = (variable, 0);
        }
    }

    /// <summary>The bytes of the .global variables. They outlive launches, as on a device.</summary>
    public GlobalBlock Variables { get; }

    /// <summary>The bytes of the .const variables.</summary>
    public GlobalBlock Constants { get; }

    /// <summary>Finds a variable.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="variable">The variable.</param>
    /// <param name="address">Its address in its own space; 0 for shared memory.</param>
    /// <returns>Whether there is one.</returns>
    public bool TryFind(string name, out PtxVariable variable, out ulong address)
    {
        bool found = _placed.TryGetValue(name, out (PtxVariable Variable, ulong Address) placed);
        (variable, address) = placed;
        return found;
    }

    private GlobalBlock Place(List<PtxVariable> variables, MemorySpace space, ulong window)
    {
        int end = 0;
        foreach (PtxVariable variable in variables.Where(variable => variable.Space == space))
        {
            int offset = (end + variable.Alignment - 1) / variable.Alignment * variable.Alignment;
            _placed[variable.Name] = (variable, (ulong)offset + (space == MemorySpace.Global ? window : 0));
            end = offset + variable.Size;
        }

        GlobalBlock block = new(window, Math.Max(end, 1)) { ReadOnly = space == MemorySpace.Const };
        block.Data.AsSpan().Clear();
        block.MarkWritten(0, block.Length);
        foreach ((PtxVariable variable, ulong address) in _placed.Values.Where(placed => placed.Variable.Space == space))
        {
            variable.Contents.CopyTo(block.Data.AsSpan((int)(address & (AddressWindows.Size - 1))));
        }

        return block;
    }
}
