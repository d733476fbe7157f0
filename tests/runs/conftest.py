from tests.torch_cache import cache, resnet18, server, theirs

__all__ = ["cache", "resnet18", "server", "theirs"]
