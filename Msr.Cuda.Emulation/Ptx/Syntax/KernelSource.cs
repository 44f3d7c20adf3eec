using Msr.Cuda.Emulation.Memory;

namespace Msr.Cuda.Emulation.Ptx.Syntax;

/// <summary>A parsed kernel, not yet decoded.</summary>
/// <param name="name">The name of the kernel.</param>
/// <param name="line">Its line in the module, from 1.</param>
internal sealed class KernelSource(string name, int line)
{
    /// <summary>The name of the kernel.</summary>
    public string Name { get; } = name;

    /// <summary>Its line in the module, from 1.</summary>
    public int Line { get; } = line;

    /// <summary>Its parameters, in order.</summary>
    public List<PtxParameter> Parameters { get; } = [];

    /// <summary>The most threads of a block.</summary>
    public int MaxThreads { get; set; } = 1024;

    /// <summary>The only block shape allowed, or null.</summary>
    public (uint X, uint Y, uint Z)? RequiredBlock { get; set; }

    /// <summary>Its local and shared variables.</summary>
    public List<PtxVariable> Variables { get; } = [];

    /// <summary>Its registers.</summary>
    public RegisterTable Registers { get; } = new();

    /// <summary>Its instructions.</summary>
    public List<PtxStatement> Statements { get; } = [];

    /// <summary>Per label, the index of the statement that follows it.</summary>
    public Dictionary<string, int> Labels { get; } = new(StringComparer.Ordinal);
}

/// <summary>A parameter of a kernel: a number, a pointer or a structure passed by value.</summary>
/// <param name="Name">Its name in the text.</param>
/// <param name="Offset">Its first byte among the parameters.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Alignment">Its alignment in bytes.</param>
internal sealed record PtxParameter(string Name, int Offset, int Size, int Alignment);

/// <summary>A variable with an address: of a module or of a kernel.</summary>
/// <param name="Space">Its state space.</param>
/// <param name="Name">Its name.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Alignment">Its alignment in bytes, a power of two.</param>
/// <param name="Contents">Its initializer; zeros follow where it is shorter than the size.</param>
internal sealed record PtxVariable(MemorySpace Space, string Name, int Size, int Alignment, byte[] Contents);
