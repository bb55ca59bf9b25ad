namespace ReleaseTracks.Demo.SampleApp;

/// <summary>Calls the AI backend. Its failures are the caller's to show.</summary>
internal sealed class AiClient(HttpClient http)
{
    public async Task<IReadOnlyList<Article>> RankAsync(string user, CancellationToken cancel)
    {
        var request = new RankRequest(user, [.. Article.All.Select(article => new RankItem(article.Id, article.Topic))]);
        var answer = await AskAsync<RankRequest, RankAnswer>("rank", request, cancel);
        return [.. answer.Order.Select(id => Article.All.First(article => article.Id == id))];
    }

    public async Task<string> SummarizeAsync(Article article, CancellationToken cancel) =>
        (await AskAsync<SummaryRequest, SummaryAnswer>("summarize", new(article.Text), cancel)).Summary;

    private async Task<TAnswer> AskAsync<TRequest, TAnswer>(string path, TRequest request, CancellationToken cancel)
    {
        using var response = await http.PostAsJsonAsync(path, request, cancel);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<TAnswer>(cancel) ?? throw new HttpRequestException("The model answered nothing.");
    }
}
