using System.Numerics;
using Msr.Conformance.Cases;
using Msr.Conformance.Ops.Loss;
using Msr.Conformance.Subjects;
using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace Msr.Conformance.Stored;

/// <summary>
/// Stored cases of softmax cross-entropy. Rows with the ignored label are left out; class weights are sums over labels of what the op gives
/// under each; both sums are made here, in float64.
/// </summary>
internal sealed class StoredLoss
{
    private readonly StoredRun _case;
    private readonly double[] _logits;
    private readonly int[] _labels;
    private readonly double[]? _weights;
    private readonly double[]? _upstream;
    private readonly double _smoothing;
    private readonly int _rows;
    private readonly int _classes;

    private StoredLoss(StoredRun c)
    {
        c.AllowOnly("label_smoothing", "reduction", "ignore_index", "class_weight", "smoothing_rule");
        Shape logits = c.Shape("logits");
        if (logits.Rank < 2)
        {
            throw new UnsupportedCaseException("cross_entropy of one sample without a batch");
        }

        (_case, _logits, _classes) = (c, c.Values("logits"), logits[1]);
        _rows = _logits.Length / _classes;
        if (c.Stored.Tensor("target").Shape.Length != _rows || c.Stored.Tensor("target").ElementType is "f32" or "f64")
        {
            throw new UnsupportedCaseException("cross_entropy with probabilities as targets");
        }

        _labels = c.Stored.Integers("target");
        _smoothing = c.Attributes.Number("label_smoothing", 0);
        _weights = c.Has("class_weight") ? c.Values("class_weight") : null;
        _upstream = c.Has("dy") ? c.Stored.Reals("dy") : null;
        int? ignored = c.Attributes.Has("ignore_index") ? c.Attributes.Integer("ignore_index") : null;
        Kept = [.. Enumerable.Range(0, _rows).Where(row => _labels[row] != ignored)];
        if (Kept.Length == 0)
        {
            throw new UnsupportedCaseException("cross_entropy where every label is ignored");
        }

        if (Kept.FirstOrDefault(row => (uint)_labels[row] >= (uint)_classes, -1) is >= 0 and int wrong)
        {
            throw new StoredFormatException($"the target {_labels[wrong]} is none of {_classes} classes");
        }
    }

    /// <summary>Rows whose label counts.</summary>
    private int[] Kept { get; }

    /// <summary>The divisor of the mean; 1 for sums and single losses.</summary>
    private double Divisor => _case.Attributes.Text("reduction", "mean") switch
    {
        "mean" => _weights is null ? Kept.Length : Kept.Sum(row => _weights[_labels[row]]),
        "sum" or "none" => 1,
        string other => throw new UnsupportedCaseException($"cross_entropy with the reduction '{other}'"),
    };

    public static void CrossEntropy(StoredRun c)
    {
        StoredLoss loss = new(c);
        loss.CheckLoss();
        loss.CheckGradient();
        loss.CheckSoftmax();
    }

    private SoftmaxBounds Row(int row, Rounding rounding) => new(_logits.AsSpan(row * _classes, _classes), rounding);

    private int[] LabelsOf(Func<int, int> label) => [.. Kept.Select(label)];

    private void CheckLoss()
    {
        double[] loss = new double[_rows], bound = new double[_rows];
        foreach ((int[] labels, double smoothing, Func<int, double> weight) in Terms())
        {
            double[] term = Losses(labels, smoothing);
            double[] error = _case.Twice(rounding => [.. Kept.Select((row, i) => Row(row, rounding).Loss(labels[i], smoothing))]);
            for (int i = 0; i < Kept.Length; i++)
            {
                loss[Kept[i]] += weight(Kept[i]) * term[i];
                bound[Kept[i]] += weight(Kept[i]) * (error[i] + (Rounding.OfTruth.Gamma(_rows + _classes + 4) * Math.Abs(term[i])));
            }
        }

        if (_case.Has("loss") && _case.Shape("loss").Length == _rows && _rows > 1)
        {
            _case.CheckAsStored("loss", loss, bound);
        }
        else
        {
            _case.CheckAsStored("loss", [loss.Sum() / Divisor], [(bound.Sum() / Divisor) + (Rounding.OfTruth.Gamma(_rows + 4) * loss.Sum(Math.Abs) / Divisor)]);
        }
    }

    private void CheckGradient()
    {
        // A mean without weights is the op's own scale; every other factor of a row is multiplied in here.
        double scale = _weights is null ? _case.Subject.Round(1 / Divisor) : 1, rest = _weights is null ? 1 : 1 / Divisor;
        double[] gradient = new double[_logits.Length], bound = new double[_logits.Length];
        foreach ((int[] labels, double smoothing, Func<int, double> weight) in Terms())
        {
            double[] term = Gradients(labels, scale, smoothing);
            double[] error = _case.Twice(rounding => [.. term.Select((_, i) =>
                Row(Kept[i / _classes], rounding).Gradient(i % _classes, i % _classes == labels[i / _classes], smoothing, scale) + (2 * rounding.U * scale))]);
            for (int i = 0; i < term.Length; i++)
            {
                int row = Kept[i / _classes], to = (row * _classes) + (i % _classes);
                double factor = weight(row) * rest * (_upstream?[_upstream.Length == 1 ? 0 : row] ?? 1);
                gradient[to] += factor * term[i];
                bound[to] += Math.Abs(factor) * (error[i] + (Rounding.OfTruth.Gamma(_classes + 6) * Math.Abs(term[i])));
            }
        }

        _case.Check("dlogits", gradient, bound);
    }

    /// <summary>
    /// What a loss is the sum of: labels, smoothing and a factor for each row. Without class weights that is one term; with them the target
    /// (1 − s)·w_y·onehot + s/K·w has one for each class.
    /// </summary>
    private IEnumerable<(int[] Labels, double Smoothing, Func<int, double> Weight)> Terms()
    {
        if (_weights is null)
        {
            yield return (LabelsOf(row => _labels[row]), _smoothing, static _ => 1);
            yield break;
        }

        double own = 1 - _smoothing;
        yield return (LabelsOf(row => _labels[row]), 0, row => own * _weights[_labels[row]]);
        for (int k = 0; k < _classes && _smoothing > 0; k++)
        {
            int label = k;
            yield return (LabelsOf(_ => label), 0, _ => _smoothing / _classes * _weights[label]);
        }
    }

    /// <summary>−log softmax is the loss under every label in turn; softmax is the gradient where the label is another one.</summary>
    private void CheckSoftmax()
    {
        if (!_case.Has("log_softmax") && !_case.Has("softmax"))
        {
            return;
        }

        double[] logSoftmax = new double[_logits.Length], softmax = new double[_logits.Length];
        for (int label = 0; label < _classes; label++)
        {
            int other = (label + 1) % _classes;
            double[] loss = Losses(_logits, [.. Enumerable.Repeat(label, _rows)], 0);
            double[] gradient = Gradients(_logits, [.. Enumerable.Repeat(other, _rows)], 1, 0);
            for (int row = 0; row < _rows; row++)
            {
                logSoftmax[(row * _classes) + label] = -loss[row];
                softmax[(row * _classes) + label] = gradient[(row * _classes) + label] + (_classes == 1 ? 1 : 0);
            }
        }

        _case.Check("log_softmax", logSoftmax, _case.Twice(rounding => [.. _logits.Select((_, i) => Row(i / _classes, rounding).Loss(i % _classes, 0))]));
        _case.Check("softmax", softmax, _case.Twice(rounding =>
            [.. _logits.Select((_, i) => Row(i / _classes, rounding).Gradient(i % _classes, isLabel: false, 0, 1))]));
    }

    private double[] KeptLogits() => Kept.Length == _rows ? _logits : [.. Kept.SelectMany(row => _logits.AsSpan(row * _classes, _classes).ToArray())];

    private double[] Losses(int[] labels, double smoothing) => Losses(KeptLogits(), labels, smoothing);

    private double[] Losses(double[] logits, int[] labels, double smoothing)
    {
        CaseData data = new() { Reals = { ["logits"] = logits }, Integers = { ["labels"] = labels } };
        return _case.Run(new Forward(labels.Length, _classes, smoothing), data).Reals["loss"];
    }

    private double[] Gradients(int[] labels, double scale, double smoothing) => Gradients(KeptLogits(), labels, scale, smoothing);

    private double[] Gradients(double[] logits, int[] labels, double scale, double smoothing)
    {
        CaseData data = new() { Reals = { ["logits"] = logits, ["scale"] = [scale] }, Integers = { ["labels"] = labels } };
        return _case.Run(new Backward(labels.Length, _classes, smoothing), data).Reals["dlogits"];
    }

    /// <summary>The op with a smoothing that no text of the kit can hold.</summary>
    private sealed record Forward(int N, int K, double Smoothing) : IOpSource
    {
        public Op<T> Build<T>(IOperands<T> at)
            where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
            new LossForward<T>(at.Real("logits", new Shape(N, K)), at.Integer("labels", new Shape(N)), at.Real("loss", new Shape(N)), Smoothing);
    }

    /// <summary>The gradient likewise.</summary>
    private sealed record Backward(int N, int K, double Smoothing) : IOpSource
    {
        public Op<T> Build<T>(IOperands<T> at)
            where T : unmanaged, IBinaryFloatingPointIeee754<T> => new LossBackward<T>(
            at.Real("logits", new Shape(N, K)), at.Integer("labels", new Shape(N)), at.Real("scale", new Shape(1)), at.Real("dlogits", new Shape(N, K)), Smoothing);
    }
}
