using System.Numerics;
using Msr.Cli.Arguments;
using Msr.Conformance.Cases;
using Msr.Conformance.Subjects;
using Msr.Conformance.Verification;
using Msr.Core.Backends;

namespace Msr.Cli.Benchmarks;

/// <summary>Holds ops and steps against the kit's bounds, on the very backend that is timed.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="backend">The backend.</param>
/// <param name="request">How it was asked for.</param>
internal sealed class KitJudge<T>(IBackend<T> backend, BenchRequest request)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The operations of the suite's largest layer at its own batch of 32, which the oracle runs in some hundredths of a second.</summary>
    private const long MostFlops = 152_000_000;

    private readonly Dictionary<string, LawOutcome> _outcomes = new(StringComparer.Ordinal);

    /// <summary>The case of a text, such as <c>copy n2c3#2a</c>.</summary>
    /// <exception cref="UsageException">It is larger than the kit takes.</exception>
    public static OpCase Read(string text) => (OpCase)ReadAny(text);

    /// <summary>The case of a text, be it of an op or of a plan.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="UsageException">It is larger than the kit takes.</exception>
    public static TestCase ReadAny(string text)
    {
        try
        {
            return CaseTextReader.Read(text);
        }
        catch (FormatException error)
        {
            throw new UsageException($"--batch: {error.Message}");
        }
    }

    /// <summary>
    /// The case with as many samples as the oracle can take. What chooses an algorithm may look at the batch; then the batch grows until the
    /// algorithm is the one that is timed.
    /// </summary>
    /// <param name="timed">The case that is timed.</param>
    public OpCase Smaller(OpCase timed)
    {
        int batch = timed.Parameters["batch"];
        int judged = (int)Math.Clamp(MostFlops / (timed.Flops / batch), 1, batch);
        while (judged < batch && AlgorithmOf(timed.With("batch", judged)) != AlgorithmOf(timed))
        {
            judged = Math.Min(batch, 2 * judged);
        }

        return timed.With("batch", judged);
    }

    /// <summary>The name of the algorithm that runs a case.</summary>
    public string AlgorithmOf(OpCase opCase) => backend.AlgorithmOf(opCase.Build(new HostOperands<T>()));

    /// <summary>The largest error of a case, as a multiple of its bound; each is judged once. Null where nothing is to be judged.</summary>
    /// <param name="testCase">The case.</param>
    /// <param name="law">The law that bounds it.</param>
    /// <exception cref="BenchRefusedException">The kit does not let it pass.</exception>
    public double? ErrorOverBound(TestCase testCase, string law = "bound")
    {
        if (request.TimeOnly)
        {
            return null;
        }

        if (!_outcomes.TryGetValue($"{law} {testCase}", out LawOutcome? outcome))
        {
            _outcomes[$"{law} {testCase}"] = outcome = Check(testCase, law);
        }

        return outcome.Verdict is Verdict.Passed or Verdict.Suspicious
            ? outcome.ErrorOverBound
            : throw new BenchRefusedException(
                $"{outcome.Message}. Repeat with: msr verify --backend {BackendArguments.Of(request.Backend, request.Fault)} --case \"{testCase}\"");
    }

    private LawOutcome Check(TestCase testCase, string law)
    {
        // The subject would dispose of the backend, which belongs to the session.
        Subject<T> subject = new(backend);
        try
        {
            return testCase is OpCase opCase && !subject.Supports(opCase)
                ? LawOutcome.Skipped($"the backend does not support {opCase.Descriptor.Kind}")
                : testCase.Entry.Laws.First(candidate => candidate.Name == law).Check(testCase, subject);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return LawOutcome.Failed($"{error.GetType().Name}: {error.Message.TrimEnd('.')}");
        }
    }
}
