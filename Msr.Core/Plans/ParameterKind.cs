namespace Msr.Core.Plans;

/// <summary>What a parameter is. Policies and optimisers treat kinds differently.</summary>
public enum ParameterKind
{
    /// <summary>Filters with more than one tap: what the method keeps on the isocline.</summary>
    SpatialKernel,

    /// <summary>Filters with one tap; they have no spatial mean.</summary>
    PointwiseKernel,

    /// <summary>The weight matrix of a linear layer.</summary>
    LinearWeight,

    /// <summary>A bias of a convolution or linear layer.</summary>
    Bias,

    /// <summary>Logarithms of per-filter scales.</summary>
    FilterScale,

    /// <summary>Scale or shift of a batch normalisation.</summary>
    Normalization,

    /// <summary>A running statistic: kept, not trained.</summary>
    Statistic,
}
