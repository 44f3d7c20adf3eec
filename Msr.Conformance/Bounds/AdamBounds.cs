using Msr.Core.Ops;

namespace Msr.Conformance.Bounds;

/// <summary>How far one element of Adam's direction and its moments may be from exact; docs/error-bounds.md, "Adam's direction", derives it.</summary>
internal readonly struct AdamBounds
{
    /// <summary>The bounds of an element.</summary>
    /// <param name="g">The gradient.</param>
    /// <param name="m">The first moment before the step.</param>
    /// <param name="v">The second moment before the step.</param>
    /// <param name="correction">Both corrections.</param>
    /// <param name="settings">The constants.</param>
    /// <param name="rounding">The rounding.</param>
    public AdamBounds(double g, double m, double v, (double First, double Second) correction, AdamSettings settings, Rounding rounding)
    {
        (double u, double eta) = (rounding.U, rounding.Underflow);
        double terms = (settings.Beta1 * Math.Abs(m)) + ((1 - settings.Beta1) * Math.Abs(g));
        double first = (settings.Beta1 * m) + ((1 - settings.Beta1) * g), second = (settings.Beta2 * v) + ((1 - settings.Beta2) * g * g);
        First = (rounding.Gamma(3) * terms) + (3 * eta);
        Second = (rounding.Gamma(4) * second) + (4 * eta);

        double square = second * correction.Second, root = Math.Sqrt(square);
        double squareError = (rounding.Gamma(5) * square) + (5 * (1 + correction.Second) * eta);
        double rootError = square > squareError ? squareError / (root + Math.Sqrt(square - squareError)) : Math.Sqrt(squareError);
        double divisor = root + settings.Epsilon;
        double divisorError = ((1 + u) * (((1 + u) * rootError) + (u * root) + (u * settings.Epsilon))) + (u * divisor);
        double numeratorError = (rounding.Gamma(4) * Math.Abs(correction.First) * terms) + (4 * (1 + Math.Abs(correction.First)) * eta);
        double direction = Math.Abs(first * correction.First) / divisor;
        double carried = (numeratorError + (direction * divisorError)) / (divisor - divisorError);
        Direction = divisor > divisorError
            ? ((1 + rounding.Gamma(2)) * carried) + (rounding.Gamma(2) * direction) + eta
            : double.PositiveInfinity;
    }

    /// <summary>The bound on the first moment.</summary>
    public double First { get; }

    /// <summary>The bound on the second moment.</summary>
    public double Second { get; }

    /// <summary>The bound on the direction.</summary>
    public double Direction { get; }
}
