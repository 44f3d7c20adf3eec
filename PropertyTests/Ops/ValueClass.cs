namespace PropertyTests.Ops;

/// <summary>What the contents of a case look like.</summary>
internal enum ValueClass
{
    /// <summary>Standard normal.</summary>
    Normal,

    /// <summary>Integers from −4 to 4: sums of products are exact, in any order.</summary>
    Integers,

    /// <summary>Standard normal around 100: the regime the method is about.</summary>
    CommonMode,
}
