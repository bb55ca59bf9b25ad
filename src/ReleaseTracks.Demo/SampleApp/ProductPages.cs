using ReleaseTracks.Client.Tracks;

namespace ReleaseTracks.Demo.SampleApp;

/// <summary>The pages of the sample product. Each is one feature with a plain path.</summary>
internal sealed class ProductPages(FeatureServing features, AiClient ai, ITrackUsers users)
{
    private const int ExcerptLength = 90;

    public void Map(WebApplication app)
    {
        // Delegates, or the framework would take them for handlers that write their answers themselves.
        app.MapGet("/", (Delegate)Home);
        app.MapGet("/feed", (Delegate)Feed);
        app.MapGet("/summary", (Delegate)Summary);
        app.MapPost("/report", Report);
    }

    private async Task<IResult> Home(HttpContext http)
    {
        var served = await features.ServeAsync(
            DemoFeature.Cards, http, "list", () => Task.FromResult("cards"), layout => layout.Length > 0);
        var articles = string.Concat(Article.All.Take(4).Select(article => Page.Article(article, Excerpt(article))));
        return Page.Show("Today", Reader.Of(http), served, $"<div class=\"{served.Content}\">{articles}</div>");
    }

    private async Task<IResult> Feed(HttpContext http)
    {
        var user = Reader.Of(http);
        var served = await features.ServeAsync(
            DemoFeature.RankedFeed, http, Article.All, () => ai.RankAsync(user, http.RequestAborted),
            feed => feed.Distinct().Count() == Article.All.Count);
        return served.Content is { } feed
            ? Page.Show("Your feed", user, served, string.Concat(feed.Select(article => Page.Article(article, Excerpt(article)))))
            : Page.Unavailable("Your feed", user, served.Assignment);
    }

    private async Task<IResult> Summary(HttpContext http)
    {
        var user = Reader.Of(http);
        var article = Article.All.First(one => one.Topic == "health");
        var served = await features.ServeAsync(
            DemoFeature.Summaries, http, Excerpt(article), () => ai.SummarizeAsync(article, http.RequestAborted),
            text => text.Length > 0 && text.Length < article.Text.Length);
        return served.Content is { } text
            ? Page.Show("In one sentence", user, served, Page.Article(article, text) + ReportForm(user))
            : Page.Unavailable("In one sentence", user, served.Assignment);
    }

    private async Task<IResult> Report(HttpRequest request, CancellationToken cancel)
    {
        if (!request.HasFormContentType)
            return Results.BadRequest();
        var user = Reader.Known((await request.ReadFormAsync(cancel))["user"].ToString());
        await users.ReportAsync(DemoFeature.Summaries.Key, user, "misleading", "The summary is not what the article says.", cancel: cancel);
        return Results.LocalRedirect($"/summary?user={Uri.EscapeDataString(user)}");
    }

    private static string ReportForm(string user) =>
        $"<form method=\"post\" action=\"/report\"><input type=\"hidden\" name=\"user\" value=\"{Page.Text(user)}\"><button>Report this summary</button></form>";

    private static string Excerpt(Article article) => article.Text[..article.Text.LastIndexOf(' ', ExcerptLength)] + " …";
}
