using System.Diagnostics;
using System.Runtime;

namespace Msr.Cli.Benchmarks;

/// <summary>Takes times: works that are compared run alternately, A B A B, so that whatever disturbs the machine meets them alike.</summary>
/// <param name="synchronize">Waits until queued work is done.</param>
/// <param name="samples">Samples of each work.</param>
/// <param name="limit">How long the warm-up and the samples of each work may take together.</param>
/// <param name="advise">Is told in a sentence where the limit cut something short.</param>
/// <param name="stop">Asks to stop.</param>
internal sealed class Sampler(Action synchronize, int samples, TimeSpan limit, Action<string> advise, CancellationToken stop)
{
    /// <summary>Samples that are taken whatever the limit.</summary>
    public const int LeastSamples = 3;

    /// <summary>The runtime compiles a method anew after 30 calls.</summary>
    private const int LeastCalls = 30;

    /// <summary>Rounds without compilation that end the warm-up.</summary>
    private const int QuietRounds = 2;

    /// <summary>A round is twice the 100 ms that the runtime waits before it compiles what was called often.</summary>
    private static readonly TimeSpan s_round = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan s_leastSample = TimeSpan.FromMilliseconds(10);

    /// <summary>Times some works after a warm-up.</summary>
    /// <param name="works">What to time.</param>
    /// <returns>For each work the seconds of one run, sample by sample.</returns>
    /// <exception cref="OperationCanceledException">It was asked to stop.</exception>
    public double[][] Sample(params IReadOnlyList<Action> works)
    {
        long begun = Stopwatch.GetTimestamp();
        TimeSpan whole = limit * works.Count;
        WarmUp(works, whole / 2);
        int[] repeats = [.. works.Select(RepeatsOf)];
        List<double>[] times = [.. works.Select(_ => new List<double>(samples))];
        while (times[0].Count < samples && (times[0].Count < LeastSamples || Stopwatch.GetElapsedTime(begun) < whole))
        {
            for (int i = 0; i < works.Count; i++)
            {
                times[i].Add(Time(works[i], repeats[i]).TotalSeconds / repeats[i]);
            }
        }

        if (times[0].Count < samples)
        {
            advise($"only {times[0].Count} of {samples} samples fit into {limit.TotalSeconds} s; --seconds gives more time");
        }

        return [.. times.Select(static list => list.ToArray())];
    }

    private void WarmUp(IReadOnlyList<Action> works, TimeSpan most)
    {
        long begun = Stopwatch.GetTimestamp();
        int calls = 0;
        for (int quiet = 0; quiet < QuietRounds || calls < LeastCalls;)
        {
            long methods = JitInfo.GetCompiledMethodCount(), round = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(round) < s_round)
            {
                foreach (Action work in works)
                {
                    Time(work, 1);
                }

                calls++;
            }

            quiet = JitInfo.GetCompiledMethodCount() == methods ? quiet + 1 : 0;
            if (Stopwatch.GetElapsedTime(begun) > most)
            {
                if (quiet < QuietRounds)
                {
                    advise($"the runtime was still compiling after {most.TotalSeconds} s of warm-up; --seconds gives more time");
                }

                return;
            }
        }
    }

    /// <summary>How many runs in a row are long enough to be timed.</summary>
    private int RepeatsOf(Action work)
    {
        int repeats = 1;
        while (Time(work, repeats) is var time && time < s_leastSample)
        {
            repeats = Math.Max(2 * repeats, (int)(repeats * (s_leastSample / time)));
        }

        return repeats;
    }

    private TimeSpan Time(Action work, int repeats)
    {
        stop.ThrowIfCancellationRequested();
        long begun = Stopwatch.GetTimestamp();
        for (int i = 0; i < repeats; i++)
        {
            work();
        }

        synchronize();
        return Stopwatch.GetElapsedTime(begun);
    }
}

/// <summary>The middle of some samples, and how far they spread.</summary>
/// <param name="Median">Half of the samples are below it.</param>
/// <param name="First">A quarter of the samples are below it.</param>
/// <param name="Third">Three quarters of the samples are below it.</param>
internal readonly record struct Quartiles(double Median, double First, double Third)
{
    /// <summary>The quartiles of some samples; between two of them by linear interpolation.</summary>
    /// <exception cref="ArgumentException">There are none.</exception>
    public static Quartiles Of(IEnumerable<double> samples)
    {
        double[] sorted = [.. samples.Order()];
        return sorted.Length > 0
            ? new Quartiles(At(sorted, 0.5), At(sorted, 0.25), At(sorted, 0.75))
            : throw new ArgumentException("No samples have no quartiles.", nameof(samples));
    }

    /// <summary>The quartiles of one/other, sample by sample: samples that were taken side by side share what disturbed them.</summary>
    /// <exception cref="ArgumentException">There are not as many of each.</exception>
    public static Quartiles OfRatios(IReadOnlyCollection<double> one, IReadOnlyCollection<double> other) => one.Count == other.Count
        ? Of(one.Zip(other, static (a, b) => a / b))
        : throw new ArgumentException($"{one.Count} samples cannot be paired with {other.Count}.", nameof(other));

    private static double At(double[] sorted, double share)
    {
        double place = share * (sorted.Length - 1);
        int below = (int)place;
        return below + 1 < sorted.Length ? double.Lerp(sorted[below], sorted[below + 1], place - below) : sorted[below];
    }
}
