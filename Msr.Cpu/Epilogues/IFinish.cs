namespace Msr.Cpu.Epilogues;

/// <summary>What a kernel stores of a result that it still holds in a register.</summary>
internal unsafe interface IFinish<V, T>
    where T : unmanaged
{
    /// <summary>What is stored.</summary>
    /// <param name="result">The result.</param>
    /// <param name="y">Where it will be stored.</param>
    /// <param name="other">The same place in another tensor.</param>
    static abstract V Of(V result, T* y, T* other);
}
