using Msr.Cuda.Emulation.Ptx.Syntax;

namespace Msr.Cuda.Emulation.Ptx.Decoding;

/// <summary>Decodes control and warp instructions: ret, exit, barriers, shuffles, votes.</summary>
internal static class ControlDecoder
{
    /// <summary>Decodes a statement of this family.</summary>
    /// <param name="decoder">Where to put the instructions.</param>
    /// <param name="statement">The statement.</param>
    public static void Decode(KernelDecoder decoder, PtxStatement statement)
    {
        switch (statement.Opcode)
        {
            case "ret" or "exit" or "ret.uni":
                KernelDecoder.RequireOperands(statement, 0);
                decoder.Emit(new Instruction { Op = Opcode.Exit }, [], []);
                break;
            case "bar.sync":
                KernelDecoder.RequireOperands(statement, 1);
                if (statement.Operands[0].Text != "0")
                {
                    throw statement.Fault("only barrier 0, of all threads, is supported");
                }

                decoder.Emit(new Instruction { Op = Opcode.Barrier }, [], []);
                break;
            case "bar.warp.sync":
                KernelDecoder.RequireOperands(statement, 1);
                ushort mask = decoder.Source(statement, statement.Operands[0], 32);
                decoder.Emit(new Instruction { Op = Opcode.WarpBarrier, F = mask }, [mask], []);
                break;
            case "shfl.sync.up.b32":
                DecodeShuffle(decoder, statement, Opcode.ShuffleUp);
                break;
            case "shfl.sync.down.b32":
                DecodeShuffle(decoder, statement, Opcode.ShuffleDown);
                break;
            case "shfl.sync.bfly.b32":
                DecodeShuffle(decoder, statement, Opcode.ShuffleButterfly);
                break;
            case "shfl.sync.idx.b32":
                DecodeShuffle(decoder, statement, Opcode.ShuffleIndex);
                break;
            case "vote.sync.all.pred":
                DecodeVote(decoder, statement, Opcode.VoteAll, 1);
                break;
            case "vote.sync.any.pred":
                DecodeVote(decoder, statement, Opcode.VoteAny, 1);
                break;
            case "vote.sync.uni.pred":
                DecodeVote(decoder, statement, Opcode.VoteUniform, 1);
                break;
            case "vote.sync.ballot.b32":
                DecodeVote(decoder, statement, Opcode.VoteBallot, 32);
                break;
            default:
                throw statement.Fault($"the opcode '{statement.Opcode}' is not supported");
        }
    }

    private static void DecodeShuffle(KernelDecoder decoder, PtxStatement statement, Opcode op)
    {
        KernelDecoder.RequireOperands(statement, 5);
        PtxOperand[] operands = statement.Operands;
        bool pair = operands[0].Kind == PtxOperand.Form.Pair;
        Instruction shuffle = new()
        {
            Op = op,
            D = decoder.Destination(statement, pair ? operands[0].Items[0] : operands[0], 32),
            E = pair ? decoder.Destination(statement, operands[0].Items[1], 1) : decoder.Registers.Scratch(),
            A = decoder.Source(statement, operands[1], 32),
            B = decoder.Source(statement, operands[2], 32),
            C = decoder.Source(statement, operands[3], 32),
            F = decoder.Source(statement, operands[4], 32),
        };
        decoder.Emit(shuffle, [shuffle.A, shuffle.B, shuffle.C, shuffle.F], [shuffle.D, shuffle.E]);
    }

    private static void DecodeVote(KernelDecoder decoder, PtxStatement statement, Opcode op, int width)
    {
        KernelDecoder.RequireOperands(statement, 3);
        ushort predicate = decoder.Source(statement, statement.Operands[1], 1);
        ushort mask = decoder.Source(statement, statement.Operands[2], 32);
        ushort result = decoder.Destination(statement, statement.Operands[0], width);
        decoder.Emit(new Instruction { Op = op, D = result, A = predicate, F = mask }, [predicate, mask], [result]);
    }
}
