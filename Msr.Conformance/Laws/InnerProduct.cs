namespace Msr.Conformance.Laws;

/// <summary>Inner products in float64.</summary>
internal static class InnerProduct
{
    /// <summary>Σ a·b.</summary>
    public static double Of(double[] a, double[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }

    /// <summary>Σ |a·b|.</summary>
    public static double OfMagnitudes(double[] a, double[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += Math.Abs(a[i] * b[i]);
        }

        return sum;
    }
}
