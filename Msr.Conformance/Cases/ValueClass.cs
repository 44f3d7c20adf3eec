namespace Msr.Conformance.Cases;

/// <summary>What the contents of a case look like. Every number is exactly representable in float32, so that all backends get the same.</summary>
public enum ValueClass
{
    /// <summary>Standard normal.</summary>
    Normal,

    /// <summary>Standard normal around 100: the regime the method is about.</summary>
    Common,

    /// <summary>Normal numbers times 2⁻²⁰ to 2²⁰.</summary>
    Wide,

    /// <summary>Half of them 0, positive or negative, the others normal.</summary>
    Zeros,

    /// <summary>Of −1, 0, ½ and 1 only: equal maxima, equal logits.</summary>
    Ties,

    /// <summary>Below the smallest normal float32, where gradual underflow and flush to zero differ.</summary>
    Denormals,

    /// <summary>Integers from −4 to 4: sums of products are exact, in any order.</summary>
    Integers,

    /// <summary>
    /// Sparse odd integers of 12 bits in the first factor and ±1 in the second: sums are exact, but any rounding of inputs to fewer bits
    /// (TF32, bfloat16) shows, however long the sum.
    /// </summary>
    WideIntegers,
}
