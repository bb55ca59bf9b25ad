using ReleaseTracks.Objectives;
using ReleaseTracks.Rollbacks;
using ReleaseTracks.Server.Components;

namespace ReleaseTracks.Server.Tests.Components;

public sealed class StatusMapperTests
{
    private static readonly Verdict?[] Verdicts = [null, .. Enum.GetValues<Verdict>().Select(verdict => (Verdict?)verdict)];

    [Fact]
    public void Verdict_Each_DiffersInTextIconAndColour()
    {
        var looks = Verdicts.Select(StatusMapper.Of).ToArray();

        Assert.Equal(looks.Length, looks.Select(look => look.Text).Distinct().Count());
        Assert.Equal(looks.Length, looks.Select(look => look.Icon).Distinct().Count());
        Assert.Equal(looks.Length, looks.Select(look => look.Css).Distinct().Count());
    }

    [Theory]
    [InlineData(Verdict.Error, true)]
    [InlineData(Verdict.Failed, true)]
    [InlineData(Verdict.Inconclusive, false)]
    [InlineData(Verdict.Healthy, false)]
    public void Verdict_NoData_IsAsLoudAsFailed(Verdict verdict, bool loud) => Assert.Equal(loud, StatusMapper.Of(verdict).IsLoud);

    [Fact]
    public void Verdict_Text_IsTheWordOnTheWire() =>
        Assert.All(Enum.GetValues<Verdict>(), verdict => Assert.Equal(verdict.Wire(), StatusMapper.Of(verdict).Text));

    [Fact]
    public void RollbackState_OnlyVerified_LooksHealthy() => Assert.All(
        Enum.GetValues<RollbackState>(),
        state => Assert.Equal(state == RollbackState.Verified, StatusMapper.Of(state).Tone == Tone.Healthy));
}
