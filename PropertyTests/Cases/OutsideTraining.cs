using System.Text.Json;
using Msr.Core.Ops;
using PropertyTests.Ops;

namespace PropertyTests.Cases;

/// <summary>Stored cases of the loss and of the optimiser.</summary>
internal static class OutsideTraining
{
    public static void CrossEntropy(OutsideCase c)
    {
        (int n, int k) = (c.Shape("logits")[0], c.Shape("logits")[1]);
        double smoothing = c.Stored.Attributes.GetProperty("label_smoothing").GetDouble();
        double scale = c.Stored.Attributes.GetProperty("reduction").GetString() == "mean" ? c.Subject.Round(1.0 / n) : 1;
        double[] logits = c.Values("logits");
        int[] labels = c.Stored.Integers("target");
        SoftmaxBounds Row(int row, Rounding rounding) => new(logits.AsSpan(row * k, k), rounding);

        // 1/n is rounded to the element type, which is one rounding more; the sum over samples is done here, in float64.
        double[] losses = Losses(c, (n, k), logits, labels, smoothing);
        c.Check("loss", [losses.Sum() * scale], c.Twice(rounding =>
            [scale * Enumerable.Range(0, n).Sum(row =>
                Row(row, rounding).Loss(labels[row], smoothing) + (rounding.Gamma(n + 2) * Math.Abs(losses[row])))]));
        c.Check("dlogits", Gradients(c, (n, k), logits, labels, scale, smoothing), c.Twice(rounding =>
            [.. logits.Select((_, i) => scale * (Row(i / k, rounding).Gradient(i % k, i % k == labels[i / k], smoothing) + (2 * rounding.U)))]));

        // −log softmax is the loss under every label in turn; softmax is the gradient where the label is another one.
        double[] logSoftmax = new double[n * k], softmax = new double[n * k];
        for (int label = 0; label < k; label++)
        {
            int[] everyRow = [.. Enumerable.Repeat(label, n)], other = [.. Enumerable.Repeat((label + 1) % k, n)];
            double[] loss = Losses(c, (n, k), logits, everyRow, 0), gradient = Gradients(c, (n, k), logits, other, 1, 0);
            for (int row = 0; row < n; row++)
            {
                logSoftmax[(row * k) + label] = -loss[row];
                softmax[(row * k) + label] = gradient[(row * k) + label];
            }
        }

        c.Check("log_softmax", logSoftmax, c.Twice(rounding => [.. logits.Select((_, i) => Row(i / k, rounding).Loss(i % k, 0))]));
        c.Check("softmax", softmax, c.Twice(rounding => [.. logits.Select((_, i) => Row(i / k, rounding).Gradient(i % k, isLabel: false, 0))]));
    }

    public static void Sgd(OutsideCase c)
    {
        for (int parameter = 0; c.Stored.Has($"p{parameter}"); parameter++)
        {
            SgdOf(c, parameter);
        }
    }

    private static double[] Losses(OutsideCase c, (int N, int K) size, double[] logits, int[] labels, double smoothing)
    {
        CaseData data = new() { Reals = { ["logits"] = logits }, Integers = { ["labels"] = labels } };
        return c.Run(LossCases.Forward(size.N, size.K, smoothing), data).Reals["loss"];
    }

    private static double[] Gradients(OutsideCase c, (int N, int K) size, double[] logits, int[] labels, double scale, double smoothing)
    {
        CaseData data = new() { Reals = { ["logits"] = logits, ["scale"] = [scale] }, Integers = { ["labels"] = labels } };
        return c.Run(LossCases.Backward(size.N, size.K, smoothing), data).Reals["dlogits"];
    }

    /// <summary>Every step starts from the computed state, so errors go on through the recurrence, and so does their bound.</summary>
    private static void SgdOf(OutsideCase c, int parameter)
    {
        JsonElement attributes = c.Stored.Attributes;
        double Number(string name) => attributes.GetProperty(name).GetDouble();
        SgdSettings settings = new(Number("momentum"), attributes.GetProperty("nesterov").GetBoolean(), Number("weight_decay"));
        double[] w = c.Stored.Reals($"p{parameter}"), v = new double[w.Length];
        OpCase step = OptimizerCases.SgdStep(w.Length, settings);
        SgdErrors own = new(step, w.Length, Rounding.Of(c.Subject.Info.Accuracy)), stored = new(step, w.Length, Rounding.OfTruth);
        for (int t = 0; t < attributes.GetProperty("steps").GetInt32(); t++)
        {
            JsonElement rates = attributes.GetProperty("lr_per_step");
            double rate = rates.ValueKind == JsonValueKind.Array ? rates[t].GetDouble() : Number("lr");
            double gain = t == 0 ? 1 : 1 - Number("dampening");
            CaseData data = new()
            {
                Reals =
                {
                    ["w"] = w,
                    ["g"] = c.Stored.Reals($"g{parameter}.t{t}"),
                    ["v"] = v,
                    ["rate"] = [c.Subject.Round(rate)],
                    ["gain"] = [c.Subject.Round(gain)],
                },
            };
            own.Advance(data);
            stored.Advance(data);
            CaseData result = c.Run(step, data);
            (w, v) = (result.Reals["w"], result.Reals["v"]);
            c.Check($"p{parameter}.t{t}", c.AsStored($"p{parameter}.t{t}", w), c.AsStored($"p{parameter}.t{t}", Sum(own.W, stored.W)));
        }

        if (c.Stored.Has($"momentum{parameter}.final"))
        {
            string name = $"momentum{parameter}.final";
            c.Check(name, c.AsStored(name, v), c.AsStored(name, Sum(own.V, stored.V)));
        }
    }

    private static double[] Sum(double[] a, double[] b) => [.. a.Zip(b, static (left, right) => left + right)];
}
