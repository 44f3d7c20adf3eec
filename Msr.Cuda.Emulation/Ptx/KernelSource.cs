namespace Msr.Cuda.Emulation.Ptx;

/// <summary>A kernel as it is written: what the parser found, before it is decoded.</summary>
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
