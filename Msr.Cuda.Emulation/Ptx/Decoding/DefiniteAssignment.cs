using Msr.Cuda.Emulation.Ptx.Syntax;

namespace Msr.Cuda.Emulation.Ptx.Decoding;

/// <summary>
/// Finds the instructions that may read a register that some path leaves unwritten. Only these are checked while a kernel runs. A move copies the
/// state of its source instead of being checked: compilers copy values that are never used.
/// </summary>
/// <param name="code">The instructions.</param>
/// <param name="traffic">The slots that each instruction reads and writes; slots of constants are flagged.</param>
/// <param name="registers">The number of registers.</param>
internal sealed class DefiniteAssignment(Instruction[] code, List<(ushort[] Reads, ushort[] Writes)> traffic, int registers)
{
    private readonly int _words = (registers + 63) / 64;

    /// <summary>Finds the instructions that may read an unwritten register.</summary>
    /// <returns>Their indices, ascending.</returns>
    public int[] FindUninitialized()
    {
        Dictionary<int, ulong[]> entries = Solve();
        List<int> uninitialized = [];
        foreach ((int start, ulong[] entry) in entries.OrderBy(pair => pair.Key))
        {
            ulong[] written = [.. entry];
            for (int i = start; i < code.Length && (i == start || !entries.ContainsKey(i)); i++)
            {
                if (code[i].Op != Opcode.Move && !Array.TrueForAll(traffic[i].Reads, slot => Has(written, slot)))
                {
                    uninitialized.Add(i);
                }

                Pass(written, i);
                if (Ends(i))
                {
                    break;
                }
            }
        }

        return [.. uninitialized];
    }

    private static bool Has(ulong[] written, ushort slot) =>
        slot >= RegisterTable.FixedFlag || (written[slot >> 6] & (1UL << (slot & 63))) != 0;

    private bool Ends(int i) => code[i].Op is Opcode.Exit or Opcode.Branch or Opcode.BranchIf or Opcode.BranchIfNot;

    private void Pass(ulong[] written, int i)
    {
        bool known = code[i].Op != Opcode.Move || Has(written, traffic[i].Reads[0]);
        foreach (ushort slot in traffic[i].Writes)
        {
            ulong bit = 1UL << (slot & 63);
            written[slot >> 6] = known ? written[slot >> 6] | bit : written[slot >> 6] & ~bit;
        }
    }

    // The registers that are written on every way to each reachable block of instructions, by the index of its first.
    private Dictionary<int, ulong[]> Solve()
    {
        HashSet<int> starts = Starts();
        Dictionary<int, ulong[]> entries = new() { [0] = new ulong[_words] };
        Stack<int> open = new([0]);
        while (open.TryPop(out int start))
        {
            ulong[] written = [.. entries[start]];
            int i = start;
            for (; ; i++)
            {
                Pass(written, i);
                if (Ends(i) || starts.Contains(i + 1))
                {
                    break;
                }
            }

            bool falls = code[i].Op is not (Opcode.Exit or Opcode.Branch);
            bool jumps = code[i].Op is Opcode.Branch or Opcode.BranchIf or Opcode.BranchIfNot;
            if (falls && Join(entries, i + 1, written))
            {
                open.Push(i + 1);
            }

            if (jumps && Join(entries, code[i].Target, written))
            {
                open.Push(code[i].Target);
            }
        }

        return entries;
    }

    private HashSet<int> Starts()
    {
        HashSet<int> starts = [0];
        for (int i = 0; i < code.Length; i++)
        {
            if (Ends(i))
            {
                starts.Add(i + 1);
                starts.Add(code[i].Op == Opcode.Exit ? i + 1 : code[i].Target);
            }
        }

        return starts;
    }

    private static bool Join(Dictionary<int, ulong[]> entries, int index, ulong[] written)
    {
        if (!entries.TryGetValue(index, out ulong[]? known))
        {
            entries[index] = [.. written];
            return true;
        }

        bool changed = false;
        for (int w = 0; w < known.Length; w++)
        {
            ulong both = known[w] & written[w];
            changed |= both != known[w];
            known[w] = both;
        }

        return changed;
    }
}
