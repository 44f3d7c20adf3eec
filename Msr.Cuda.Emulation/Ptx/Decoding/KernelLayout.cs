using Msr.Cuda.Emulation.Memory;
using Msr.Cuda.Emulation.Ptx.Syntax;

namespace Msr.Cuda.Emulation.Ptx.Decoding;

/// <summary>
/// The addresses that a kernel can name: its parameters, its local variables, the shared variables that it uses and those of its module. Gaps
/// part the shared variables, so that an overrun does not fall into the next one.
/// </summary>
/// <param name="source">The kernel.</param>
/// <param name="module">The variables of the module.</param>
internal sealed class KernelLayout(KernelSource source, ModuleLayout module)
{
    private const int Gap = 64;

    private readonly Dictionary<string, (MemorySpace Space, ulong Address)> _placed = new(StringComparer.Ordinal);
    private readonly List<(int Offset, int Size)> _shared = [];
    private int _sharedEnd;

    /// <summary>The bytes of the shared variables on a device, without the gaps.</summary>
    public int SharedBytes { get; private set; }

    /// <summary>The bytes of the local variables, a multiple of 16.</summary>
    public int LocalBytes { get; private set; }

    /// <summary>Finds the address of a name.</summary>
    /// <param name="name">A parameter or a variable.</param>
    /// <param name="space">Its space.</param>
    /// <param name="address">Its address in that space.</param>
    /// <returns>Whether there is one.</returns>
    public bool TryFind(string name, out MemorySpace space, out ulong address)
    {
        if (!_placed.TryGetValue(name, out (MemorySpace Space, ulong Address) placed) && !TryPlace(name, out placed))
        {
            (space, address) = placed;
            return false;
        }

        _placed[name] = placed;
        (space, address) = placed;
        return true;
    }

    /// <summary>Shared memory as it is at the start of a block: poisoned, never written, and barred between the variables.</summary>
    public SharedMemory CreateShared()
    {
        SharedMemory shared = new(Math.Max(_sharedEnd, 4));
        foreach ((int offset, int size) in _shared)
        {
            shared.Open(offset, size);
        }

        return shared;
    }

    private static int Align(int offset, int alignment) => (offset + alignment - 1) / alignment * alignment;

    private bool TryPlace(string name, out (MemorySpace Space, ulong Address) placed)
    {
        if (source.Parameters.Find(parameter => parameter.Name == name) is { } parameter)
        {
            placed = (MemorySpace.Param, (ulong)parameter.Offset);
            return true;
        }

        PtxVariable? variable = source.Variables.Find(variable => variable.Name == name);
        ulong address = 0;
        if (variable is null && !module.TryFind(name, out variable, out address))
        {
            placed = default;
            return false;
        }

        placed = (variable.Space, variable.Space switch
        {
            MemorySpace.Shared => PlaceShared(variable),
            MemorySpace.Local => PlaceLocal(variable),
            _ => address,
        });
        return true;
    }

    private ulong PlaceShared(PtxVariable variable)
    {
        int alignment = Math.Max(variable.Alignment, 4);
        int offset = Align(_sharedEnd, alignment);
        _sharedEnd = Align(offset + variable.Size, 4) + Gap;
        SharedBytes = Align(SharedBytes, variable.Alignment) + variable.Size;
        _shared.Add((offset, variable.Size));
        return (ulong)offset;
    }

    private ulong PlaceLocal(PtxVariable variable)
    {
        int offset = Align(LocalBytes, variable.Alignment);
        LocalBytes = Align(offset + variable.Size, 16);
        return (ulong)offset;
    }
}

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
