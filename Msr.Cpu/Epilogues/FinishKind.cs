namespace Msr.Cpu.Epilogues;

/// <summary>The tails that kernels have in one, see <see cref="Finishes{S, V, T}"/>.</summary>
internal enum FinishKind
{
    /// <summary>None.</summary>
    None,

    /// <summary>A rectifier over the result.</summary>
    Rectified,

    /// <summary>A sum with another tensor over the result, then a rectifier.</summary>
    RectifiedSum,

    /// <summary>The gate of a rectifier over the result.</summary>
    Gated,
}
