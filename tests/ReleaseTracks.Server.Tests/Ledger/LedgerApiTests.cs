using System.Text;
using System.Text.Json;
using ReleaseTracks.Ledger;
using ReleaseTracks.Server.Ledger;
using ReleaseTracks.Server.Tests.Harness;
using ReleaseTracks.Server.Tests.Http;

namespace ReleaseTracks.Server.Tests.Ledger;

[Collection(nameof(SharedServer))]
public sealed class LedgerApiTests(SharedServer shared)
{
    [Fact]
    public async Task Entries_AsTheyAreSent_HashToTheSignedRoot()
    {
        await shared.Server.PutFeatureAsync(Api.Feature("ld-one"));
        await shared.Server.PutFeatureAsync(Api.Feature("ld-two", ""","owner":"Zoë 😀" """));
        var entries = await EntriesAsync();
        var note = (await shared.Admin.CallAsync("GET /api/v1/ledger/checkpoint")).Text;
        var vkey = JsonElement.Parse(entries[0]).GetProperty("data").GetProperty("vkey").GetString()!;
        var signed = SignedCheckpoint.Open(note, VerifierKey.Parse(vkey), Ed25519.Verify).Checkpoint;

        var size = (int)Math.Min(signed.Size, entries.Length);
        for (var seq = 1; seq <= size; seq += 3)
        {
            var proof = (await shared.Admin.CallAsync($"GET /api/v1/ledger/{seq}/proof?size={size}")).Json;
            var leaf = MerkleHash.Leaf(entries[seq - 1]);
            Assert.Equal(Convert.ToBase64String(leaf), proof.GetProperty("leafHash").GetString());
            Assert.True(MerkleProof.VerifyInclusion(seq - 1, size, leaf, Hashes(proof), Bytes(proof, "rootHash")));
        }

        var whole = (await shared.Admin.CallAsync($"GET /api/v1/ledger/1/proof?size={signed.Size}")).Json;
        Assert.Equal(Convert.ToBase64String(signed.Root), whole.GetProperty("rootHash").GetString());
        Assert.True(LedgerAudit.Verify(entries.Take(size).Select(entry => (ReadOnlyMemory<byte>)entry)).FirstFault is null);
    }

    [Fact]
    public async Task Consistency_BetweenTwoSizes_IsProven()
    {
        await shared.Server.PutFeatureAsync(Api.Feature("ld-three"));
        var size = (await EntriesAsync()).Length;

        for (var from = 1; from <= size; from += 2)
        {
            var proof = (await shared.Admin.CallAsync($"GET /api/v1/ledger/consistency?from={from}&to={size}")).Json;
            Assert.True(MerkleProof.VerifyConsistency(from, size, Bytes(proof, "fromRoot"), Bytes(proof, "toRoot"), Hashes(proof)));
        }
    }

    [Theory]
    [InlineData("GET /api/v1/ledger?from=0", "from")]
    [InlineData("GET /api/v1/ledger?limit=0", "limit")]
    [InlineData("GET /api/v1/ledger?limit=10001", "limit")]
    [InlineData("GET /api/v1/ledger?from=9223372036854775807&limit=2", null)]
    [InlineData("GET /api/v1/ledger/1/proof?size=999999", "size")]
    [InlineData("GET /api/v1/ledger/1/proof?size=-1", "size")]
    [InlineData("GET /api/v1/ledger/consistency?from=0", "from")]
    [InlineData("GET /api/v1/ledger/consistency?from=1&to=999999", "to")]
    [InlineData("GET /api/v1/feedback?limit=0", "limit")]
    public async Task Query_OutOfRange_IsRefusedByName(string call, string? path)
    {
        var answer = await shared.Admin.CallAsync(call);
        if (path is null)
        {
            Assert.Equal((200, ""), (answer.Status, answer.Text));
            return;
        }

        Assert.Equal((400, "invalid"), (answer.Status, answer.Problem));
        Assert.Equal([path], answer.ErrorPaths);
    }

    [Theory]
    [InlineData("GET /api/v1/ledger?from=one")]
    [InlineData("GET /api/v1/ledger?limit=99999999999999")]
    [InlineData("GET /api/v1/ledger/consistency")]
    [InlineData("GET /api/v1/ledger/consistency?from=NaN")]
    public async Task Query_NotANumber_IsAProblem(string call)
    {
        var answer = await shared.Admin.CallAsync(call);
        Assert.Equal((400, "bad-request"), (answer.Status, answer.Problem));
    }

    [Fact]
    public async Task Proof_OfAnEntryThatIsNotThere_IsNotFound() =>
        Assert.Equal("not-found", (await shared.Admin.CallAsync("GET /api/v1/ledger/999999/proof")).Problem);

    private async Task<byte[][]> EntriesAsync()
    {
        var text = (await shared.Admin.CallAsync("GET /api/v1/ledger?limit=10000")).Text;
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Encoding.UTF8.GetBytes)];
    }

    private static byte[][] Hashes(JsonElement proof) =>
        [.. proof.GetProperty("hashes").EnumerateArray().Select(hash => Convert.FromBase64String(hash.GetString()!))];

    private static byte[] Bytes(JsonElement proof, string member) => Convert.FromBase64String(proof.GetProperty(member).GetString()!);
}
