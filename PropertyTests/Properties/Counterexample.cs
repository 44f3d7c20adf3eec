using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Collections;
using Microsoft.FSharp.Core;

namespace PropertyTests.Properties;

/// <summary>What FsCheck finds against a property that is wrong on purpose.</summary>
/// <typeparam name="T">The generated value.</typeparam>
/// <param name="Drawn">The value that failed first.</param>
/// <param name="Shrunk">The smallest one found.</param>
/// <param name="Shrinks">How many times a smaller one failed too.</param>
/// <param name="Text">What a person reads.</param>
internal sealed record Counterexample<T>(T Drawn, T Shrunk, int Shrinks, string Text)
{
    /// <summary>Checks a property that must fail.</summary>
    public static Counterexample<T> Against(Action<T> property, Arbitrary<T> values, ulong seed = 1)
    {
        Keeper keeper = new();
        Check.One(Config.Quick.WithMaxTest(1000).WithReplay(seed, 1).WithRunner(keeper), Prop.ForAll(values, property));
        return keeper.Found ?? throw new InvalidOperationException("The property holds for a thousand values, though it is wrong.");
    }

    private sealed class Keeper : IRunner
    {
        public Counterexample<T>? Found { get; private set; }

        public void OnStartFixture(Type t)
        {
        }

        public void OnArguments(int ntest, FSharpList<object> args, FSharpFunc<int, FSharpFunc<FSharpList<object>, string>> every)
        {
        }

        public void OnShrink(FSharpList<object> args, FSharpFunc<FSharpList<object>, string> everyShrink)
        {
        }

        public void OnFinished(string name, TestResult result)
        {
            if (result is TestResult.Failed failed)
            {
                Found = new Counterexample<T>(
                    (T)failed.Item2.Head, (T)failed.Item3.Head, failed.Item1.NumberOfShrinks, Runner.onFinishedToString(name, result));
            }
        }
    }
}
